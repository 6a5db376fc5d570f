package io.gravity.local.load;

/** {@code user_db.users}. */
final class Users implements TableShape {
    @Override
    public String table() {
        return "user_db.users";
    }

    @Override
    public String columns() {
        return "id, email, name, user_type, balance, points, active, birthday, created_at, updated_at";
    }

    @Override
    public String values(long key, Draw draw) {
        return String.join(
                ", ",
                Long.toString(key),
                "'user" + key + "@example.org'",
                draw.words(3),
                draw.pick("basic", "plus", "vip"),
                (draw.chance(0.1) ? "-" : "") + draw.decimal(1_000_000, 2),
                draw.orNull(0.2, draw.chance(0.01) ? "18446744073709551615" : draw.number(1_000_000)),
                draw.chance(0.8) ? "1" : "0",
                draw.orNull(0.3, draw.date()),
                draw.past(),
                draw.present());
    }

    @Override
    public String changes(Draw draw) {
        return "balance = " + draw.decimal(1_000_000, 2) + ", points = " + draw.orNull(0.1, draw.number(1_000_000))
                + ", user_type = " + draw.pick("basic", "plus", "vip")
                + (draw.chance(0.2) ? ", name = " + draw.words(3) : "")
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
}
