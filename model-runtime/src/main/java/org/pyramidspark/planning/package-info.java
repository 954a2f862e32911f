/**
 * Beside the stages: what a workload takes at least, computed from the model's and the policy's
 * lengths, and what the machine gives at most, measured. May import {@code cache}, {@code config}
 * and {@code errors} only.
 */
package org.pyramidspark.planning;
