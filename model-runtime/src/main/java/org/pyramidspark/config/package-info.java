/**
 * Settings as validating records: the model's sizes, the cache policy's settings, the engine's
 * options, sampling, and the presets of {@code conf/presets} with their strict parser. May import
 * {@code errors} only.
 */
package org.pyramidspark.config;
