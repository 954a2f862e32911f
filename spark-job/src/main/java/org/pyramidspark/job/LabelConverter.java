package org.pyramidspark.job;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.Device;
import org.pyramidspark.config.KvType;
import org.pyramidspark.evaluation.ErrorRows;
import org.pyramidspark.prompts.CorpusFormat;
import org.pyramidspark.quality.ChoiceRule;
import org.pyramidspark.quality.RougeWords;
import org.pyramidspark.tokens.Truncation;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of an enum by their labels. */
public abstract class LabelConverter<T> implements ITypeConverter<T> {
  private final T[] values;
  private final Function<T, String> label;

  private LabelConverter(T[] values, Function<T, String> label) {
    this.values = values;
    this.label = label;
  }

  @Override
  public T convert(String text) {
    return Arrays.stream(values)
        .filter(value -> label.apply(value).equals(text))
        .findFirst()
        .orElseThrow(
            () -> new TypeConversionException("'%s'; give %s.".formatted(text, allowed())));
  }

  private String allowed() {
    return Arrays.stream(values).map(label).collect(Collectors.joining(" or "));
  }

  /** An option's value as it is written on the command line. */
  static String text(Object value) {
    return switch (value) {
      case CorpusFormat format -> format.label();
      case ComputeType type -> type.label();
      case KvType type -> type.label();
      case Device device -> device.label();
      case Truncation rule -> rule.label();
      case ChoiceRule rule -> rule.label();
      case RougeWords words -> words.label();
      case ErrorRows rule -> rule.label();
      default -> String.valueOf(value);
    };
  }

  public static final class Format extends LabelConverter<CorpusFormat> {
    public Format() {
      super(CorpusFormat.values(), CorpusFormat::label);
    }
  }

  public static final class Compute extends LabelConverter<ComputeType> {
    public Compute() {
      super(ComputeType.values(), ComputeType::label);
    }
  }

  public static final class Kv extends LabelConverter<KvType> {
    public Kv() {
      super(KvType.values(), KvType::label);
    }
  }

  public static final class On extends LabelConverter<Device> {
    public On() {
      super(Device.values(), Device::label);
    }
  }

  public static final class Cut extends LabelConverter<Truncation> {
    public Cut() {
      super(Truncation.values(), Truncation::label);
    }
  }

  public static final class Choice extends LabelConverter<ChoiceRule> {
    public Choice() {
      super(ChoiceRule.values(), ChoiceRule::label);
    }
  }

  public static final class Words extends LabelConverter<RougeWords> {
    public Words() {
      super(RougeWords.values(), RougeWords::label);
    }
  }

  public static final class Errors extends LabelConverter<ErrorRows> {
    public Errors() {
      super(ErrorRows.values(), ErrorRows::label);
    }
  }
}
