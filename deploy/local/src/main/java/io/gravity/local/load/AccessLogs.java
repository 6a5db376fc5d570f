package io.gravity.local.load;

/** {@code log_db.access_logs}; changes move rows between the levels, and so between targets. */
final class AccessLogs implements TableShape {
    @Override
    public String table() {
        return "log_db.access_logs";
    }

    @Override
    public String columns() {
        return "id, request_id, log_level, user_id, path, status, duration_ms, message, details, logged_at, updated_at";
    }

    @Override
    public String values(long key, Draw draw) {
        return String.join(
                ", ",
                Long.toString(key),
                draw.bytes(16),
                level(draw),
                draw.orNull(0.2, draw.number(100_000)),
                "'/api/v1/orders/" + draw.below(100_000) + "'",
                Integer.toString(200 + draw.below(400)),
                draw.decimal(5_000, 3),
                draw.orNull(0.3, draw.words(10)),
                draw.orNull(0.5, draw.json()),
                draw.pastMillis(),
                draw.present());
    }

    @Override
    public String changes(Draw draw) {
        return "status = " + (200 + draw.below(400)) + ", duration_ms = " + draw.decimal(5_000, 3)
                + (draw.chance(0.5) ? ", log_level = " + level(draw) : "")
                + (draw.chance(0.2) ? ", message = " + draw.orNull(0.3, draw.words(10)) : "")
                + ", updated_at = " + draw.present();
    }

    @Override
    public String where(long key) {
        return "id = " + key;
    }

    @Override
    public String rekey(long key) {
        return "id = " + key;
    }

    @Override
    public String keyExpression() {
        return "id";
    }

    private static String level(Draw draw) {
        return draw.pick("ERROR", "ERROR", "INFO", "INFO", "INFO", "WARN", "DEBUG");
    }
}
