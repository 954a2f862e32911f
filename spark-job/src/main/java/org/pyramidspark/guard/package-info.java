/**
 * Stage 9 of 10, metrics: keeps what compression costs under a limit while a job runs. May import
 * the model runtime's {@code cache} and {@code errors} only; executors use it.
 */
package org.pyramidspark.guard;
