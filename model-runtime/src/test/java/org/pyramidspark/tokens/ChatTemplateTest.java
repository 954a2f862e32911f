package org.pyramidspark.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.tokens.Prompt.Message;

/** Templates as models have them, and templates that mean harm. */
class ChatTemplateTest {
  private static final List<Message> CONVERSATION =
      List.of(
          new Message("system", "Be kind."),
          new Message("user", "  Hello  "),
          new Message("assistant", "Hi."),
          new Message("user", "Why?"));

  private static String render(String source) {
    return new ChatTemplate(source, "<s>", "</s>").render(CONVERSATION);
  }

  @Test
  void rendersAsLlama3DoesWithTrimmedContents() {
    String template =
        "{% set loop_messages = messages %}{% for message in loop_messages %}"
            + "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'"
            + "+ message['content'] | trim + '<|eot_id|>' %}"
            + "{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}"
            + "{{ content }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}"
            + "{% endif %}";
    assertThat(render(template))
        .isEqualTo(
            "<s><|start_header_id|>system<|end_header_id|>\n\nBe kind.<|eot_id|>"
                + "<|start_header_id|>user<|end_header_id|>\n\nHello<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\nHi.<|eot_id|>"
                + "<|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\n");
  }

  @Test
  void rendersAsQwen2DoesWithBlocksOnTheirOwnLines() {
    String template =
        """
        {% for message in messages %}
            {% if loop.first and message.role != 'system' %}
        {{ '<|im_start|>system\\nDefault<|im_end|>\\n' }}
            {% endif %}
        {{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
        {%- endfor %}
        {% if add_generation_prompt %}
        {{- '<|im_start|>assistant\\n' }}
        {%- endif %}
        """;
    assertThat(render(template))
        .contains("<|im_start|>user\n  Hello  <|im_end|>\n")
        .endsWith("<|im_start|>assistant\n")
        .doesNotContain("Default");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ ''.getClass().forName('java.lang.Runtime') }}",
        "{{ messages.getClass() }}",
        "{{ messages.class.protectionDomain }}",
        "{% include '/etc/passwd' %}",
        "{% import '/etc/passwd' as x %}{{ x }}",
        "{{ ____int3rpr3t3r____.getContext() }}"
      })
  void reachesNeitherJavaNorFiles(String template) {
    String output;
    try {
      output = render(template);
    } catch (InvalidInputException refused) {
      return;
    }
    assertThat(output).doesNotContain("class", "Runtime", "root:", "Context", "protectionDomain");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(900) %}{% for b in range(900) %}{% for c in range(900) %}"
            + "{% for d in range(900) %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in range(900) %}{% for b in range(900) %}{% for c in range(900) %}xxxxxxxx"
            + "{% endfor %}{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}{{ raise_exception('stop') }}"
      })
  void endlessTemplatesAreStopped(String template) {
    assertThatThrownBy(() -> render(template)).isInstanceOf(InvalidInputException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for m in messages %}", "{{ messages[ }}", "{{ raise_exception('roles must alternate') }}"
      })
  void brokenTemplatesAreOneSentence(String template) {
    assertThatThrownBy(() -> render(template))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("chat template");
  }
}
