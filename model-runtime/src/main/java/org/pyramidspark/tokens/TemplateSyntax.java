package org.pyramidspark.tokens;

import com.hubspot.jinjava.el.ext.AdditionOperator;
import com.hubspot.jinjava.el.ext.AstNamedParameter;
import com.hubspot.jinjava.el.ext.ExtendedParser;
import com.hubspot.jinjava.el.ext.NamedParameterOperator;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import jinjava.de.odysseus.el.misc.TypeConverter;
import jinjava.de.odysseus.el.tree.impl.Builder;
import jinjava.de.odysseus.el.tree.impl.Parser;
import jinjava.de.odysseus.el.tree.impl.Scanner.ScanException;
import jinjava.de.odysseus.el.tree.impl.Scanner.Symbol;
import jinjava.de.odysseus.el.tree.impl.ast.AstBinary;
import jinjava.de.odysseus.el.tree.impl.ast.AstDot;
import jinjava.de.odysseus.el.tree.impl.ast.AstIdentifier;
import jinjava.de.odysseus.el.tree.impl.ast.AstNode;
import jinjava.de.odysseus.el.tree.impl.ast.AstParameters;
import jinjava.de.odysseus.el.tree.impl.ast.AstUnary;
import jinjava.javax.el.ELException;

/**
 * Expressions with Jinja's precedence where Jinjava's differs: {@code not a == b} negates the
 * comparison, and {@code f(x=a - b)} passes the difference. Lists cannot grow without bound.
 */
final class TemplateSyntax extends Builder {
  private static final long serialVersionUID = 1L;
  private static final int MAX_LIST = 1000;

  TemplateSyntax() {
    super(Feature.METHOD_INVOCATIONS, Feature.VARARGS);
  }

  @Override
  protected Parser createParser(String expression) {
    return new JinjaParser(this, expression);
  }

  private static final class JinjaParser extends ExtendedParser {
    JinjaParser(Builder builder, String expression) {
      super(builder, expression);
    }

    @Override
    protected AstNode eq(boolean required) throws ScanException, ParseException {
      if (getToken().getSymbol() != Symbol.NOT) {
        return super.eq(required);
      }
      consumeToken();
      return createAstUnary(eq(true), AstUnary.NOT);
    }

    @Override
    protected AstParameters params(Symbol left, Symbol right) throws ScanException, ParseException {
      consumeToken(left);
      List<AstNode> nodes = new ArrayList<>();
      while (getToken().getSymbol() != right) {
        nodes.add(parameter());
        if (getToken().getSymbol() != Symbol.COMMA) {
          break;
        }
        consumeToken();
      }
      consumeToken(right);
      return createAstParameters(nodes);
    }

    private AstNode parameter() throws ScanException, ParseException {
      if (getToken().getSymbol() != Symbol.IDENTIFIER
          || lookahead(0) != NamedParameterOperator.TOKEN) {
        return expr(true);
      }
      String name = consumeToken().getImage();
      consumeToken();
      return new AstNamedParameter(identifier(name), expr(true));
    }

    /** Jinjava takes unknown filters and tests for ones that give nothing. */
    @Override
    protected AstDot createAstDot(AstNode base, String property, boolean lvalue) {
      if (base instanceof AstIdentifier identifier) {
        String name = identifier.getName();
        Context library = JinjavaInterpreter.getCurrent().getContext();
        boolean unknown =
            name.startsWith(FILTER_PREFIX)
                    && library.getFilter(name.substring(FILTER_PREFIX.length())) == null
                || name.startsWith(EXPTEST_PREFIX)
                    && library.getExpTest(name.substring(EXPTEST_PREFIX.length())) == null;
        if (unknown) {
          throw new ELException("unknown " + name.replace(':', ' '));
        }
      }
      return super.createAstDot(base, property, lvalue);
    }

    @Override
    protected AstBinary createAstBinary(AstNode left, AstNode right, AstBinary.Operator operator) {
      return super.createAstBinary(
          left, right, operator == AdditionOperator.OP ? new BoundedAddition() : operator);
    }
  }

  private static final class BoundedAddition extends AdditionOperator {
    @Override
    protected Object apply(TypeConverter converter, Object left, Object right) {
      if (left instanceof Collection<?> head
          && right instanceof Collection<?> tail
          && head.size() + tail.size() > MAX_LIST) {
        throw new ELException("a list of the template is too long");
      }
      return super.apply(converter, left, right);
    }
  }
}
