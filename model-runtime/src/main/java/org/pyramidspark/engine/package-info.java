/**
 * Stages 4 to 7 of 10 put together: requests become batches, batches steps of prefill and decode,
 * steps tokens. Holds the engine's one loop. May import every package of {@code model-runtime};
 * nothing of Spark.
 */
package org.pyramidspark.engine;
