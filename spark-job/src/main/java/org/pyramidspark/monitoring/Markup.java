package org.pyramidspark.monitoring;

import java.util.List;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.xml.Elem;
import scala.xml.MetaData;
import scala.xml.Node;
import scala.xml.Null$;
import scala.xml.Text;
import scala.xml.TopScope$;
import scala.xml.UnprefixedAttribute;

/** Builds Spark's pages of nodes, which escape every text. */
final class Markup {
  private Markup() {}

  /**
   * @param styles its class; empty for none
   */
  static Node element(String name, String styles, Node... children) {
    MetaData none = Null$.MODULE$;
    MetaData attributes = styles.isEmpty() ? none : new UnprefixedAttribute("class", styles, none);
    return new Elem(null, name, attributes, TopScope$.MODULE$, false, nodes(List.of(children)));
  }

  static Node text(String text) {
    return new Text(text);
  }

  static Seq<Node> nodes(List<Node> nodes) {
    return CollectionConverters.asScala(nodes).toList();
  }
}
