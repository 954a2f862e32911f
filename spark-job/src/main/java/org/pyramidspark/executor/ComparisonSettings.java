package org.pyramidspark.executor;

import java.io.Serializable;
import java.util.List;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.NamedPolicy;

/**
 * How policies are compared.
 *
 * @param policies the full cache first
 * @param rows how every row is completed, under the full cache
 * @param referenceTokens the most tokens of a reference that are followed; 0 for none
 */
public record ComparisonSettings(List<NamedPolicy> policies, RowSettings rows, int referenceTokens)
    implements Serializable {

  public ComparisonSettings {
    policies = List.copyOf(policies);
  }

  NamedPolicy full() {
    return policies.getFirst();
  }

  /** Those that are compared with the full cache. */
  List<NamedPolicy> others() {
    return policies.subList(1, policies.size());
  }

  /** The same as the engine takes them. */
  List<CachePolicy> otherPolicies() {
    return others().stream().map(NamedPolicy::policy).toList();
  }
}
