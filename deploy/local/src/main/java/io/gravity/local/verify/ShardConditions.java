package io.gravity.local.verify;

import static java.util.stream.Collectors.joining;

import io.gravity.route.HashSharding;
import io.gravity.route.ModuloSharding;
import io.gravity.route.RangeSharding;
import io.gravity.route.ShardRange;
import io.gravity.route.Sharding;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/** Says in MySQL's words which rows belong to which shard; of decimal hash keys, those without zeros at the end. */
final class ShardConditions {
    private static final long MICROS = 1_000_000;

    private ShardConditions() {}

    /** Returns the condition of each target. */
    static Map<String, String> of(Sharding sharding) {
        var conditions = new LinkedHashMap<String, String>();
        if (sharding instanceof HashSharding hash) {
            var text = hash.key().stream()
                    .map(column -> "COALESCE(`" + column + "`, '')")
                    .collect(joining(", ", "CONCAT_WS(',', ", ")"));
            int count = hash.targets().size();
            for (int i = 0; i < count; i++) {
                add(conditions, hash.targets().get(i), "CRC32(" + text + ") % " + count + " = " + i);
            }
        } else if (sharding instanceof ModuloSharding modulo) {
            var remainder = "((`%s` %% %d) + %d) %% %d"
                    .formatted(modulo.column(), modulo.modulo(), modulo.modulo(), modulo.modulo());
            for (var shard : modulo.shards()) {
                var remainders =
                        shard.remainders().stream().map(String::valueOf).collect(joining(", "));
                add(conditions, shard.target(), remainder + " IN (" + remainders + ")");
            }
            add(conditions, modulo.defaultTarget(), "`" + modulo.column() + "` IS NULL");
        } else if (sharding instanceof RangeSharding range) {
            range.ranges().forEach(one -> add(conditions, one.target(), within(range.column(), one)));
            var any = range.ranges().stream()
                    .map(one -> within(range.column(), one))
                    .collect(joining(" OR "));
            add(conditions, range.defaultTarget(), "NOT COALESCE(" + any + ", FALSE)");
        }
        return conditions;
    }

    private static void add(Map<String, String> conditions, String target, String condition) {
        if (target != null) {
            conditions.merge(target, "(" + condition + ")", (a, b) -> a + " OR " + b);
        }
    }

    private static String within(String column, ShardRange range) {
        return "(`" + column + "` >= " + bound(range, range.from()) + " AND `" + column + "` < "
                + bound(range, range.end()) + ")";
    }

    private static String bound(ShardRange range, BigDecimal value) {
        if (!range.ofTimes()) {
            return value.toPlainString();
        }
        long micros = value.longValueExact();
        var time = LocalDateTime.ofEpochSecond(
                Math.floorDiv(micros, MICROS), (int) Math.floorMod(micros, MICROS) * 1000, ZoneOffset.UTC);
        return "'" + time.toString().replace('T', ' ') + "'";
    }
}
