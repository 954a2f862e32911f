/**
 * Settings as validating records: the model's sizes, the cache policy's settings, the engine's
 * options, sampling. May import {@code errors} only.
 */
package org.pyramidspark.config;
