package org.pyramidspark.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.tokens.Prompt.Message;

/**
 * Templates of the shapes that models have, against texts rendered by Jinja 3.1.6 with the settings
 * of Hugging Face; and templates that are broken or mean harm.
 */
class ChatTemplateTest {
  private static final String GROW =
      "{%% set ns = namespace(x=%s) %%}"
          + "{%% for i in range(60) %%}{%% set ns.x = %s %%}{%% endfor %%}%s";

  private static String render(String source, List<Message> messages) {
    return new ChatTemplate(source, "<s>", "</s>").render(messages);
  }

  private static String render(String source) {
    return render(source, List.of(new Message("user", "Hello.")));
  }

  static Stream<Arguments> renderings() {
    JsonNode json = SmallVocabulary.resource("chat-templates.json");
    return StreamSupport.stream(json.get("templates").spliterator(), false)
        .flatMap(
            template ->
                template.get("rendered").properties().stream()
                    .map(
                        rendered ->
                            Arguments.of(
                                template.get("name").asText(),
                                rendered.getKey(),
                                template.get("template").asText(),
                                messages(json.get("conversations").get(rendered.getKey())),
                                rendered.getValue())));
  }

  private static List<Message> messages(JsonNode conversation) {
    List<Message> messages = new ArrayList<>();
    for (JsonNode turn : conversation) {
      messages.add(new Message(turn.get("role").asText(), turn.get("content").asText()));
    }
    return messages;
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("renderings")
  void rendersAsJinjaDoes(
      String name, String conversation, String source, List<Message> messages, JsonNode expected) {
    if (expected.has("refusal")) {
      assertThatThrownBy(() -> render(source, messages))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(expected.get("refusal").asText());
    } else {
      assertThat(render(source, messages)).isEqualTo(expected.get("text").asText());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ ''.getClass().forName('java.lang.Runtime') }}",
        "{{ messages.getClass() }}",
        "{{ messages.stream() }}",
        "{{ messages[0].update({'a': 1}) }}",
        "{{ ____int3rpr3t3r____.getContext() }}",
        "{% for m in messages %}{{ loop.doBreak() }}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{% import '/etc/passwd' as x %}{{ x }}",
        "{% from '/etc/passwd' import x %}",
        "{% extends '/etc/passwd' %}",
        "{{ 'a' | attr('class') }}",
        "{{ '{}' | fromjson }}",
        "{{ today() }}"
      })
  void whatIsNotAllowedIsRefused(String template) {
    assertThatThrownBy(() -> render(template))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("chat template cannot be rendered");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ messages.class.protectionDomain }}",
        "{{ messages | map(attribute='class') | join }}",
        "{{ ____int3rpr3t3r____.config }}",
        "{{ range.class }}",
        "{% for k, class in messages %}{{ class }}{% endfor %}"
      })
  void attributesOfJavaAreUndefined(String template) {
    assertThat(render(template)).isEmpty();
  }

  static Stream<String> greedyTemplates() {
    String loop = "{% for i in range(900) %}";
    String end = "{% endfor %}";
    return Stream.of(
        loop.repeat(3) + "xxxxxxxx" + end.repeat(3),
        GROW.formatted("'xx'", "ns.x + ns.x", ""),
        GROW.formatted("'xx'", "ns.x ~ ns.x", ""),
        GROW.formatted("'xx'", "ns.x.replace('x', 'xx')", ""),
        GROW.formatted("'xx'", "ns.x | replace('x', 'xx')", ""),
        GROW.formatted("[1]", "ns.x + ns.x", ""),
        GROW.formatted("[1]", "[ns.x, ns.x]", "{{ ns.x }}"),
        GROW.formatted("[1]", "{'a': ns.x, 'b': ns.x}", "{{ ns.x | tojson }}"),
        "{% if true %}".repeat(3000) + "{% endif %}".repeat(3000));
  }

  @ParameterizedTest
  @MethodSource("greedyTemplates")
  void memoryIsBounded(String template) {
    assertThatThrownBy(() -> render(template)).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void macrosDoNotCallThemselves() {
    assertThat(render("{% macro m() %}a{{ m() }}{% endmacro %}{{ m() }}")).isEqualTo("a");
  }

  /** The second rendering is refused at once, or every row of a corpus would wait. */
  @Test
  void anEndlessTemplateIsStoppedAndNotTriedAgain() {
    String endless = "{% for i in range(900) %}".repeat(6) + "{% endfor %}".repeat(6);
    ChatTemplate template = new ChatTemplate(endless, "", "");
    List<Message> messages = List.of(new Message("user", "Hello."));
    assertThatThrownBy(() -> template.render(messages)).hasMessageContaining("longer than 5 s");
    assertThatThrownBy(() -> template.render(messages)).hasMessageContaining("an earlier row");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "{% for m in messages %} # line 1",
        "ab{{ messages[ }} # line 1",
        "{% nope %} # Unknown tag: nope",
        "{{ messages | nope }} # unknown filter nope",
        "{{ messages is nope }} # unknown exptest nope",
        "{{ 'a'.nope() }} # no method 'nope'",
        "{{ nope() }} # nope",
        "{{ 'never closed }} # Unclosed",
        "{% endfor %} # Missing start tag",
        "{% for m in messages if m %}{% endfor %} # condition in a for loop",
        "{% for m in messages %}{% else %}{% endfor %} # else in a for loop"
      })
  void brokenTemplatesSayWhatAndWhere(String template, String reason) {
    assertThatThrownBy(() -> render(template))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("chat template cannot be rendered")
        .hasMessageContaining(reason)
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> render("one\ntwo\n" + template)).hasMessageContaining("line 3");
  }
}
