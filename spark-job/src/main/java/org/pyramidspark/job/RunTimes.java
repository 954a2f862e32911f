package org.pyramidspark.job;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;
import org.pyramidspark.commit.RunSums.SessionWork;
import org.pyramidspark.commit.Session;
import org.pyramidspark.report.RunReport;

/**
 * How long a run took. An earlier session counts up to its last commit: what it did after that is
 * lost, and when it ended nobody knows.
 *
 * @param current the session that comes to the run's end
 * @param total time of that
 * @param generate of that, time of the stage that completes rows
 */
record RunTimes(Session current, Duration total, Duration generate) {

  /** Time of all sessions. */
  Duration total(List<SessionWork> sessions) {
    return earlier(sessions, Session::started).plus(total);
  }

  /** Time of the stages that complete rows, of all sessions. */
  Duration generate(List<SessionWork> sessions) {
    return earlier(sessions, Session::generating).plus(generate);
  }

  private Duration earlier(List<SessionWork> sessions, Function<Session, Instant> from) {
    return sessions.stream()
        .filter(work -> !work.session().equals(current))
        .map(work -> untilLastCommit(work, from.apply(work.session())))
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** Not negative, even if the clocks of driver and executors differ. */
  private static Duration untilLastCommit(SessionWork work, Instant from) {
    Duration time = Duration.between(from, work.lastCommit());
    return time.isNegative() ? Duration.ZERO : time;
  }

  /** The sessions as the report has them. */
  List<RunReport.Session> sessions(List<SessionWork> sessions) {
    return sessions.stream()
        .map(
            work ->
                new RunReport.Session(
                    shown(work.session().started()),
                    (work.session().equals(current)
                                ? total
                                : untilLastCommit(work, work.session().started()))
                            .toMillis()
                        / 1e3,
                    work.splits(),
                    work.rows()))
        .toList();
  }

  /** A time as reports have it: ISO 8601, to the second. */
  static String shown(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
