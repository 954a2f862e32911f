package org.pyramidspark.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RougeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Café 東京で雨|caf",
        "x_1 Foo-bar|x 1 foo bar",
        "İstanbul 3.5 K|i stanbul 3 5 k",
      })
  void asciiWordsAreRunsOfLatinLettersAndDigits(String text, String words) {
    assertThat(RougeWords.ASCII.of(text)).containsExactly(words.split(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Café 東京で雨。|café 東 京 で 雨",
        "Über x_1|über x 1",
        "भाषा हिन्दी|भाषा हिन्दी",
        "Москва, 2024|москва 2024",
        "ภาษา|ภ า ษ า",
      })
  void unicodeWordsAreThoseOfAnyScript(String text, String words) {
    assertThat(RougeWords.UNICODE.of(text)).containsExactly(words.split(" "));
  }

  @Test
  void unicodeWordsAreTheSameComposedAndDecomposed() {
    assertThat(RougeWords.UNICODE.of("cafe\u0301")).isEqualTo(RougeWords.UNICODE.of("caf\u00e9"));
  }

  @Test
  void unicodeWordsTellTextsApartThatAsciiWordsTakeForTheSame() {
    String rain = "Überraschung im Café: 東京で雨。";
    String snow = "Überraschung im Café: 東京で雪。";
    assertThat(new Rouge().score(rain, snow).rouge1().f1()).isEqualTo(1);
    // Seven words on each side, six of them common.
    assertThat(new Rouge(RougeWords.UNICODE).score(rain, snow).rouge1().f1()).isEqualTo(6 / 7.0);
  }

  /** Worked by hand after Lin 2004, section 3.2: the union of w1 w2 and w1 w3 w5 has four words. */
  @Test
  void linesOfThePredictionAddUpInTheUnion() {
    Score score = new Rouge().score("w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", "w1 w2 w3 w4 w5").rougeLsum();
    assertThat(score.recall()).isEqualTo(4 / 5.0);
    assertThat(score.precision()).isEqualTo(4 / 10.0);
  }

  @Test
  void textsLongerThanAnyWorkArrayScore() {
    String line = String.join(" ", Collections.nCopies(700, "quay"));
    String text = line + "\n" + line + " end";
    RougeScores scores = new Rouge().score(text, line);
    assertThat(scores.rougeL()).isEqualTo(Score.of(700, 1401, 700));
    assertThat(scores.rougeLsum()).isEqualTo(Score.of(700, 1401, 700));
  }
}
