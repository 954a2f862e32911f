/**
 * Beside stages 8 to 10: the folder of a run of {@code generate}. Tasks commit splits to it one by
 * one, each with its rows' sums; the driver plans the splits, adds the sums up, and goes on with a
 * run that was stopped. May import {@code prompts}, {@code completions}, {@code metrics}, {@code
 * errors}, Spark and Hadoop; knows neither engines nor reports.
 */
package org.pyramidspark.commit;
