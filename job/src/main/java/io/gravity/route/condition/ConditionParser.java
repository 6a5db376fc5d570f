package io.gravity.route.condition;

import java.math.BigDecimal;
import java.util.ArrayList;
import net.sf.jsqlparser.expression.DateTimeLiteralExpression;
import net.sf.jsqlparser.expression.DoubleValue;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.NullValue;
import net.sf.jsqlparser.expression.SignedExpression;
import net.sf.jsqlparser.expression.StringValue;
import net.sf.jsqlparser.expression.operators.relational.ComparisonOperator;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.expression.operators.relational.InExpression;
import net.sf.jsqlparser.parser.CCJSqlParser;
import net.sf.jsqlparser.parser.CCJSqlParserConstants;
import net.sf.jsqlparser.parser.ParseException;
import net.sf.jsqlparser.parser.Token;
import net.sf.jsqlparser.parser.TokenMgrException;
import net.sf.jsqlparser.schema.Column;

/** Turns the syntax tree of one comparison into a {@link Condition}, and everything else into a message. */
final class ConditionParser {
    private static final String EXPECTED =
            "expected one comparison of a column with a literal, e.g. amount > 10000 or region in ('US', 'EU')";

    private final String text;

    private ConditionParser(String text) {
        this.text = text;
    }

    static Condition parse(String text) {
        return new ConditionParser(text).parse();
    }

    private Condition parse() {
        var tree = tree();
        if (tree instanceof ComparisonOperator comparison) {
            return comparison(comparison);
        }
        if (tree instanceof InExpression in) {
            return membership(in);
        }
        throw unsupported(tree);
    }

    private Expression tree() {
        if (text.isBlank()) {
            throw new IllegalArgumentException("found \"" + text + "\", " + EXPECTED);
        }
        try {
            var parser = new CCJSqlParser(text).withAllowComplexParsing(true);
            var tree = parser.Expression();
            var rest = parser.getToken(1);
            if (rest.kind != CCJSqlParserConstants.EOF) {
                throw unreadable(rest, null);
            }
            return tree;
        } catch (ParseException e) {
            throw unreadable(e.currentToken == null ? null : e.currentToken.next, e);
        } catch (TokenMgrException e) {
            throw unreadable(null, e);
        }
    }

    private Condition comparison(ComparisonOperator comparison) {
        var operator = Operator.of(comparison.getStringExpression()).orElseThrow(() -> unsupported(comparison));
        var left = comparison.getLeftExpression();
        var right = comparison.getRightExpression();
        if (isColumn(left)) {
            return new Comparison(column(left), operator, literal(right));
        }
        if (isColumn(right)) {
            return new Comparison(column(right), operator.flipped(), literal(left));
        }
        throw unsupported(isLiteral(left) ? right : left);
    }

    private Condition membership(InExpression in) {
        if (in.isNot()) {
            throw unsupported("not in");
        }
        if (!isColumn(in.getLeftExpression())) {
            throw unsupported(in.getLeftExpression());
        }
        if (!(in.getRightExpression() instanceof ExpressionList<?> list)) {
            throw unsupported(in.getRightExpression());
        }
        var literals = new ArrayList<Literal>();
        for (var item : list) {
            literals.add(literal(item));
        }
        return new Membership(column(in.getLeftExpression()), literals);
    }

    private String column(Expression expression) {
        var column = (Column) expression;
        if (column.getTable() != null) {
            throw unsupported("the table in " + column.getFullyQualifiedName());
        }
        var name = column.getColumnName();
        return name.startsWith("`") || name.startsWith("\"") ? name.substring(1, name.length() - 1) : name;
    }

    private Literal literal(Expression expression) {
        if (expression instanceof StringValue string && string.getPrefix() == null) {
            return new Literal.Textual(string.getNotExcapedValue());
        }
        if (expression instanceof DateTimeLiteralExpression time) {
            var quoted = time.getValue();
            return new Literal.Textual(quoted.substring(1, quoted.length() - 1));
        }
        if (expression instanceof Column column && column.getTable() == null) {
            var name = column.getColumnName();
            if (name.equalsIgnoreCase("true") || name.equalsIgnoreCase("false")) {
                return new Literal.Numeric(name.equalsIgnoreCase("true") ? BigDecimal.ONE : BigDecimal.ZERO);
            }
            if (name.startsWith("\"")) {
                throw new IllegalArgumentException("found \"" + text + "\", expected the text in single quotes: '"
                        + name.substring(1, name.length() - 1) + "'");
            }
            throw unsupported("comparing two columns");
        }
        if (expression instanceof NullValue) {
            throw new IllegalArgumentException(
                    "found \"" + text + "\", which no row meets, as nothing equals NULL, " + EXPECTED);
        }
        var number = number(expression);
        if (number == null) {
            throw unsupported(expression);
        }
        return new Literal.Numeric(number);
    }

    private static BigDecimal number(Expression expression) {
        if (expression instanceof LongValue || expression instanceof DoubleValue) {
            return new BigDecimal(expression.toString());
        }
        if (expression instanceof SignedExpression signed) {
            var number = number(signed.getExpression());
            if (number != null && signed.getSign() == '-') {
                return number.negate();
            }
            return signed.getSign() == '+' ? number : null;
        }
        return null;
    }

    private static boolean isColumn(Expression expression) {
        return expression instanceof Column column
                && !column.getColumnName().equalsIgnoreCase("true")
                && !column.getColumnName().equalsIgnoreCase("false");
    }

    private static boolean isLiteral(Expression expression) {
        return expression instanceof StringValue || number(expression) != null;
    }

    private IllegalArgumentException unsupported(Expression part) {
        return unsupported("\"" + part + "\"");
    }

    private IllegalArgumentException unsupported(String part) {
        return new IllegalArgumentException(
                "found \"" + text + "\", of which " + part + " is not supported yet, " + EXPECTED);
    }

    private IllegalArgumentException unreadable(Token at, Exception cause) {
        var where = at == null
                ? ""
                : at.kind == CCJSqlParserConstants.EOF
                        ? ": it ends too early"
                        : " at \"" + at.image + "\" in column " + at.beginColumn;
        return new IllegalArgumentException(
                "found \"" + text + "\", which can't be read" + where + ", " + EXPECTED, cause);
    }
}
