package org.pyramidspark.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RougePropertiesTest {
  private final Rouge reused = new Rouge();

  /** Few different words, so that texts share many; some lines, some noise between words. */
  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> words = Arbitraries.of("the", "quay", "was", "Closed", "7", "é", "x_y");
    Arbitrary<String> gaps = Arbitraries.of(" ", ", ", "\n", " -- ");
    return words.list().ofMaxSize(80).flatMap(list -> gaps.map(gap -> String.join(gap, list)));
  }

  @Provide
  Arbitrary<String> lines() {
    return texts().map(text -> text.replace('\n', ' '));
  }

  @Property
  void everyScoreLiesBetweenZeroAndOne(@ForAll("texts") String a, @ForAll("texts") String b) {
    for (Score score : all(reused.score(a, b))) {
      assertThat(score.precision()).isBetween(0.0, 1.0);
      assertThat(score.recall()).isBetween(0.0, 1.0);
      assertThat(score.f1()).isBetween(0.0, 1.0);
    }
  }

  @Property
  void swappingTheTextsSwapsPrecisionAndRecall(
      @ForAll("lines") String a, @ForAll("lines") String b) {
    List<Score> forth = all(reused.score(a, b));
    List<Score> back = all(reused.score(b, a));
    for (int i = 0; i < forth.size(); i++) {
      assertThat(back.get(i))
          .isEqualTo(new Score(forth.get(i).recall(), forth.get(i).precision(), forth.get(i).f1()));
    }
  }

  @Property
  void aTextOfTwoWordsOrMoreScoresOneAgainstItself(@ForAll("texts") String text) {
    Assume.that(RougeWords.ASCII.of(text).size() >= 2);
    Score one = new Score(1, 1, 1);
    assertThat(reused.score(text, text)).isEqualTo(new RougeScores(one, one, one, one));
  }

  @Property
  void aUsedScorerScoresAsANewOne(@ForAll("texts") String a, @ForAll("texts") String b) {
    reused.score(b + " " + a, a);
    assertThat(reused.score(a, b)).isEqualTo(new Rouge().score(a, b));
  }

  @Property
  void aSubsequenceHasNoMoreWordsThanTheTextsShare(
      @ForAll("texts") String a, @ForAll("texts") String b) {
    RougeScores scores = reused.score(a, b);
    assertThat(scores.rougeL().recall()).isLessThanOrEqualTo(scores.rouge1().recall());
    assertThat(scores.rougeLsum().recall()).isLessThanOrEqualTo(scores.rouge1().recall());
  }

  @Property
  void f1AndExactMatchOfShortAnswersIgnoreCasePunctuationAndArticles(@ForAll("texts") String text) {
    String dressed = "The " + text.toUpperCase(Locale.ROOT) + " !";
    assertThat(new ExactMatch().score(dressed, text)).isEqualTo(1);
    double f1 = new TokenF1().score(dressed, text).f1();
    assertThat(f1).isEqualTo(Answer.words(text).isEmpty() ? 0 : 1);
  }

  @Property
  void f1OfShortAnswersIsSymmetric(@ForAll("texts") String a, @ForAll("texts") String b) {
    Score forth = new TokenF1().score(a, b);
    Score back = new TokenF1().score(b, a);
    assertThat(back).isEqualTo(new Score(forth.recall(), forth.precision(), forth.f1()));
  }

  private static List<Score> all(RougeScores scores) {
    return List.of(scores.rouge1(), scores.rouge2(), scores.rougeL(), scores.rougeLsum());
  }
}
