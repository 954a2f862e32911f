/**
 * Beside the stages: measures engines and jobs on a workload, next to what the machine gives at
 * most. May not be imported by the stages.
 */
package org.pyramidspark.benchmark;
