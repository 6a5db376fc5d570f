package io.gravity.expression;

import com.google.re2j.PatternSyntaxException;
import io.gravity.config.Nearest;
import io.gravity.expression.Arithmetic.Kind;
import io.gravity.expression.Cast.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import net.sf.jsqlparser.expression.BinaryExpression;
import net.sf.jsqlparser.expression.CaseExpression;
import net.sf.jsqlparser.expression.CastExpression;
import net.sf.jsqlparser.expression.DateTimeLiteralExpression;
import net.sf.jsqlparser.expression.DoubleValue;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.NotExpression;
import net.sf.jsqlparser.expression.NullValue;
import net.sf.jsqlparser.expression.Parenthesis;
import net.sf.jsqlparser.expression.SignedExpression;
import net.sf.jsqlparser.expression.StringValue;
import net.sf.jsqlparser.expression.TrimFunction;
import net.sf.jsqlparser.expression.operators.arithmetic.Addition;
import net.sf.jsqlparser.expression.operators.arithmetic.Concat;
import net.sf.jsqlparser.expression.operators.arithmetic.Division;
import net.sf.jsqlparser.expression.operators.arithmetic.IntegerDivision;
import net.sf.jsqlparser.expression.operators.arithmetic.Modulo;
import net.sf.jsqlparser.expression.operators.arithmetic.Multiplication;
import net.sf.jsqlparser.expression.operators.arithmetic.Subtraction;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.conditional.OrExpression;
import net.sf.jsqlparser.expression.operators.conditional.XorExpression;
import net.sf.jsqlparser.expression.operators.relational.Between;
import net.sf.jsqlparser.expression.operators.relational.ComparisonOperator;
import net.sf.jsqlparser.expression.operators.relational.DoubleAnd;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.expression.operators.relational.InExpression;
import net.sf.jsqlparser.expression.operators.relational.IsBooleanExpression;
import net.sf.jsqlparser.expression.operators.relational.IsNullExpression;
import net.sf.jsqlparser.expression.operators.relational.LikeExpression;
import net.sf.jsqlparser.parser.CCJSqlParser;
import net.sf.jsqlparser.parser.CCJSqlParserConstants;
import net.sf.jsqlparser.parser.ParseException;
import net.sf.jsqlparser.parser.Token;
import net.sf.jsqlparser.parser.TokenMgrException;
import net.sf.jsqlparser.schema.Column;

/** Turns the syntax tree of JSqlParser into {@link Node}s, and what has no place in an expression into a message. */
final class ExpressionParser {
    private static final String EXPECTED =
            "expected an SQL expression on the columns of a row, e.g. amount > 10000 and region in ('US', 'EU')";

    private static final int MAX_LENGTH = 10_000;
    /** The time JSqlParser takes doubles with each level, and quadruples if it may read all of the language. */
    private static final int MAX_DEPTH = 15;

    private static final int MAX_COMPLEX_DEPTH = 5;
    /** A CASE takes the time of so many parentheses. */
    private static final int LEVELS_OF_CASE = 2;

    private static final Pattern LEVELS = Pattern.compile("[()]|\\b(?:case|end)\\b", Pattern.CASE_INSENSITIVE);

    private static final Map<Class<? extends Expression>, Kind> ARITHMETIC = Map.of(
            Addition.class, Kind.PLUS,
            Subtraction.class, Kind.MINUS,
            Multiplication.class, Kind.TIMES,
            Division.class, Kind.DIVIDED,
            IntegerDivision.class, Kind.WHOLE_DIVIDED,
            Modulo.class, Kind.MODULO);

    private static final Map<Class<? extends Expression>, Junction.Kind> JUNCTIONS = Map.of(
            AndExpression.class, Junction.Kind.AND,
            OrExpression.class, Junction.Kind.OR,
            XorExpression.class, Junction.Kind.XOR);

    private static final Map<String, Target> TARGETS = Map.ofEntries(
            Map.entry("CHAR", Target.CHAR),
            Map.entry("SIGNED", Target.SIGNED),
            Map.entry("SIGNED INTEGER", Target.SIGNED),
            Map.entry("UNSIGNED", Target.UNSIGNED),
            Map.entry("UNSIGNED INTEGER", Target.UNSIGNED),
            Map.entry("DECIMAL", Target.DECIMAL),
            Map.entry("DOUBLE", Target.DOUBLE),
            Map.entry("DATE", Target.DATE),
            Map.entry("DATETIME", Target.DATETIME));

    private final String text;

    /** Says where it came to its end and not all that could have stood there, which can take it hours to find out. */
    private static final class Parser extends CCJSqlParser {
        Parser(String text) throws ParseException {
            super(text);
        }

        @Override
        public ParseException generateParseException() {
            var end = new ParseException("can't be read");
            end.currentToken = token;
            return end;
        }
    }

    private ExpressionParser(String text) {
        this.text = text;
    }

    /** Reads an expression; throws {@link IllegalArgumentException} with what was found, where, and what is expected. */
    static Node parse(String text) {
        var parser = new ExpressionParser(text);
        return parser.node(parser.tree());
    }

    private Expression tree() {
        if (text.isBlank()) {
            throw new IllegalArgumentException("found \"" + text + "\", " + EXPECTED);
        }
        int depth = depth();
        if (depth > MAX_DEPTH || text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("found an expression of " + text.length() + " characters and " + depth
                    + " parentheses within each other, expected " + MAX_LENGTH + " and " + MAX_DEPTH
                    + " at most; a CASE counts as " + LEVELS_OF_CASE);
        }
        try {
            return tree(false);
        } catch (IllegalArgumentException e) {
            if (depth > MAX_COMPLEX_DEPTH) {
                throw e;
            }
            return tree(true);
        }
    }

    private Expression tree(boolean complex) {
        try {
            var parser = new Parser(text).withAllowComplexParsing(complex);
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

    private int depth() {
        int depth = 0;
        int deepest = 0;
        for (var levels = LEVELS.matcher(text); levels.find(); ) {
            depth += switch (levels.group().toLowerCase(Locale.ROOT)) {
                case "(" -> 1;
                case ")" -> -1;
                case "case" -> LEVELS_OF_CASE;
                default -> -LEVELS_OF_CASE;
            };
            depth = Math.max(0, depth);
            deepest = Math.max(deepest, depth);
        }
        return deepest;
    }

    private Node node(Expression tree) {
        if (tree instanceof Parenthesis inner) {
            return node(inner.getExpression());
        }
        if (tree instanceof ExpressionList<?> list && list.size() == 1) {
            return node(list.get(0));
        }
        if (tree instanceof Column column) {
            return column(column);
        }
        if (tree instanceof ComparisonOperator comparison) {
            return comparison(comparison);
        }
        if (tree instanceof BinaryExpression binary && JUNCTIONS.containsKey(tree.getClass())) {
            return new Junction(left(binary), JUNCTIONS.get(tree.getClass()), right(binary));
        }
        if (tree instanceof BinaryExpression binary && ARITHMETIC.containsKey(tree.getClass())) {
            return new Arithmetic(left(binary), ARITHMETIC.get(tree.getClass()), right(binary));
        }
        if (tree instanceof NotExpression not) {
            return new Not(node(not.getExpression()));
        }
        if (tree instanceof InExpression in) {
            return negated(in.isNot(), membership(in));
        }
        if (tree instanceof Between between) {
            return negated(between.isNot(), between(between));
        }
        if (tree instanceof LikeExpression like) {
            return negated(like.isNot(), like(like));
        }
        if (tree instanceof IsNullExpression isNull) {
            return negated(isNull.isNot(), new IsNull(node(isNull.getLeftExpression())));
        }
        if (tree instanceof IsBooleanExpression truth) {
            return negated(truth.isNot(), new IsTruth(node(truth.getLeftExpression()), truth.isTrue()));
        }
        if (tree instanceof CaseExpression choice) {
            return choice(choice);
        }
        if (tree instanceof CastExpression cast && cast.keyword.equalsIgnoreCase("cast")) {
            return cast(cast);
        }
        if (tree instanceof Function function) {
            return function(function);
        }
        if (tree instanceof TrimFunction trim) {
            return trim(trim);
        }
        if (tree instanceof SignedExpression signed) {
            return signed(signed);
        }
        return literal(tree);
    }

    private Node left(BinaryExpression binary) {
        return node(binary.getLeftExpression());
    }

    private Node right(BinaryExpression binary) {
        return node(binary.getRightExpression());
    }

    private static Node negated(boolean not, Node node) {
        return not ? new Not(node) : node;
    }

    private Node column(Column column) {
        var name = column.getColumnName();
        if (column.getTable() != null) {
            throw unsupported("the table in " + column.getFullyQualifiedName());
        }
        if (name.equalsIgnoreCase("true") || name.equalsIgnoreCase("false")) {
            return new Literal(name.equalsIgnoreCase("true"));
        }
        if (name.startsWith("\"")) {
            throw new IllegalArgumentException("found \"" + text + "\", expected the text in single quotes: '"
                    + name.substring(1, name.length() - 1) + "'");
        }
        return new ColumnName(name.startsWith("`") ? name.substring(1, name.length() - 1) : name);
    }

    private Node literal(Expression tree) {
        if (tree instanceof NullValue) {
            return new Literal(null);
        }
        if (tree instanceof StringValue string && string.getPrefix() == null) {
            return new Literal(string.getNotExcapedValue());
        }
        if (tree instanceof DateTimeLiteralExpression time) {
            var quoted = time.getValue();
            return new Literal(quoted.substring(1, quoted.length() - 1));
        }
        if (tree instanceof LongValue || tree instanceof DoubleValue) {
            return new Literal(Numbers.parse(tree.toString())
                    .orElseThrow(() -> new IllegalArgumentException(
                            "found \"" + tree + "\", expected a number of 65 digits at most")));
        }
        throw unsupported(tree);
    }

    private Node signed(SignedExpression signed) {
        if (signed.getSign() == '~') {
            throw unsupported(signed);
        }
        var operand = node(signed.getExpression());
        if (signed.getSign() == '+') {
            return operand;
        }
        return operand instanceof Literal literal && literal.value() instanceof Number number
                ? new Literal(Numbers.negate(number))
                : new Negation(operand);
    }

    private Node comparison(ComparisonOperator comparison) {
        var operator = Operator.of(comparison.getStringExpression()).orElseThrow(() -> unsupported(comparison));
        return comparison(left(comparison), operator, right(comparison));
    }

    private Node comparison(Node left, Operator operator, Node right) {
        if (isNull(left) || isNull(right)) {
            throw new IllegalArgumentException("found \"" + text + "\", which no row meets, as nothing equals NULL,"
                    + " expected IS NULL or IS NOT NULL");
        }
        return new Comparison(left, operator, right);
    }

    private static boolean isNull(Node node) {
        return node instanceof Literal literal && literal.value() == null;
    }

    private Node membership(InExpression in) {
        if (!(in.getRightExpression() instanceof ExpressionList<?> list)) {
            throw unsupported(in.getRightExpression());
        }
        if (list.isEmpty()) {
            throw new IllegalArgumentException("found \"" + in + "\", expected one value or more");
        }
        return new Membership(node(in.getLeftExpression()), nodes(list));
    }

    private Node between(Between between) {
        var value = node(between.getLeftExpression());
        return new Junction(
                comparison(value, Operator.GREATER_OR_EQUAL, node(between.getBetweenExpressionStart())),
                Junction.Kind.AND,
                comparison(value, Operator.LESS_OR_EQUAL, node(between.getBetweenExpressionEnd())));
    }

    private Node like(LikeExpression like) {
        if (like.isUseBinary()) {
            throw unsupported(like);
        }
        var value = left(like);
        var pattern = right(like);
        return switch (like.getLikeKeyWord()) {
            case LIKE -> new Like(value, pattern, escape(like));
            case REGEXP, RLIKE -> new RegularExpression(value, regularExpression(pattern));
            case ILIKE -> throw unsupported(like);
        };
    }

    private int escape(LikeExpression like) {
        if (like.getEscape() == null) {
            return '\\';
        }
        if (node(like.getEscape()) instanceof Literal literal
                && literal.value() instanceof String escape
                && Texts.length(escape) == 1) {
            return escape.codePointAt(0);
        }
        throw new IllegalArgumentException(
                "found ESCAPE " + like.getEscape() + ", expected one character in single quotes, e.g. ESCAPE '!'");
    }

    private static String regularExpression(Node pattern) {
        if (pattern instanceof Literal literal && literal.value() instanceof String expression) {
            try {
                com.google.re2j.Pattern.compile(expression);
                return expression;
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(
                        "found REGEXP " + pattern + ", expected a regular expression of RE2: " + e.getMessage(), e);
            }
        }
        throw new IllegalArgumentException(
                "found REGEXP " + pattern + ", expected a regular expression in single quotes");
    }

    private Node choice(CaseExpression choice) {
        var conditions = new ArrayList<Node>();
        var results = new ArrayList<Node>();
        for (var when : choice.getWhenClauses()) {
            var test = node(when.getWhenExpression());
            conditions.add(
                    choice.getSwitchExpression() == null
                            ? test
                            : comparison(node(choice.getSwitchExpression()), Operator.EQUAL, test));
            results.add(node(when.getThenExpression()));
        }
        var otherwise = choice.getElseExpression();
        return new Case(conditions, results, otherwise == null ? new Literal(null) : node(otherwise));
    }

    private Node cast(CastExpression cast) {
        var name = cast.getColDataType().getDataType().toUpperCase(Locale.ROOT);
        var target = TARGETS.get(name);
        if (target == null) {
            throw new IllegalArgumentException("found \"" + cast
                    + "\", expected CHAR, SIGNED, UNSIGNED, DECIMAL, DOUBLE," + " DATE or DATETIME after AS");
        }
        var arguments = cast.getColDataType().getArgumentsStringList();
        var numbers = arguments == null ? List.<String>of() : arguments;
        try {
            var sizes = numbers.stream().map(Integer::parseInt).toList();
            int precision = sizes.isEmpty() ? (target == Target.DECIMAL ? 10 : -1) : sizes.get(0);
            int scale = sizes.size() < 2 ? 0 : sizes.get(1);
            boolean sized = target == Target.CHAR || target == Target.DECIMAL;
            if (sizes.size() <= (target == Target.DECIMAL ? 2 : sized ? 1 : 0) && scale <= 30 && precision <= 65_535) {
                return new Cast(node(cast.getLeftExpression()), target, precision, scale);
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new IllegalArgumentException(
                "found \"" + cast + "\", expected a size such as CHAR(10) or DECIMAL(10, 2)");
    }

    private Node trim(TrimFunction trim) {
        boolean sides = trim.getTrimSpecification() != null;
        var name = !sides
                ? "trim"
                : switch (trim.getTrimSpecification()) {
                    case LEADING -> "ltrim";
                    case TRAILING -> "rtrim";
                    case BOTH -> "trim";
                };
        var first = node(trim.getExpression());
        return trim.getFromExpression() == null
                ? new Call(name, List.of(first))
                : new Call(name, List.of(node(trim.getFromExpression()), first));
    }

    private Node function(Function function) {
        var name = function.getName().toLowerCase(Locale.ROOT);
        if (function.isDistinct() || function.getKeep() != null) {
            throw unsupported(function);
        }
        var list = function.getParameters() == null ? function.getNamedParameters() : function.getParameters();
        var arguments = list == null ? List.<Node>of() : nodes(list);
        int given = arguments.size();
        return switch (name) {
            case "coalesce" -> new Coalesce(arguments(function, arguments, 1, Integer.MAX_VALUE));
            case "ifnull" -> new Coalesce(arguments(function, arguments, 2, 2));
            case "nullif" -> {
                arguments(function, arguments, 2, 2);
                var equal = comparison(arguments.get(0), Operator.EQUAL, arguments.get(1));
                yield new Case(List.of(equal), List.of(new Literal(null)), arguments.get(0));
            }
            case "if" -> {
                arguments(function, arguments, 3, 3);
                yield new Case(List.of(arguments.get(0)), List.of(arguments.get(1)), arguments.get(2));
            }
            default -> {
                var signature = Functions.named(name).orElseThrow(() -> unknown(function));
                arguments(function, arguments, signature.min(), signature.max());
                yield given == 0 ? new Literal(null) : new Call(name, arguments);
            }
        };
    }

    private List<Node> arguments(Function function, List<Node> arguments, int min, int max) {
        if (arguments.size() < min || arguments.size() > max) {
            var expected = min == max ? "" + min : max == Integer.MAX_VALUE ? min + " or more" : min + " to " + max;
            throw new IllegalArgumentException("found \"" + function + "\" with " + arguments.size()
                    + (arguments.size() == 1 ? " argument" : " arguments") + ", expected " + expected);
        }
        return arguments;
    }

    private IllegalArgumentException unknown(Function function) {
        var names = Functions.names();
        names.addAll(List.of("coalesce", "ifnull", "nullif", "if"));
        return new IllegalArgumentException("found the function " + function.getName() + ", expected one of "
                + String.join(", ", names) + "." + Nearest.hint(function.getName(), names));
    }

    private List<Node> nodes(ExpressionList<?> list) {
        var nodes = new ArrayList<Node>();
        for (var item : list) {
            nodes.add(node(item));
        }
        return nodes;
    }

    private IllegalArgumentException unsupported(Expression part) {
        if (part instanceof Concat) {
            return new IllegalArgumentException("found \"" + part + "\", expected OR, or CONCAT for texts");
        }
        if (part instanceof DoubleAnd) {
            return new IllegalArgumentException("found \"" + part + "\", expected AND");
        }
        return unsupported("\"" + part + "\"");
    }

    private IllegalArgumentException unsupported(String part) {
        return new IllegalArgumentException(
                "found \"" + text + "\", of which " + part + " is not supported, " + EXPECTED);
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
