package io.gravity.local.load;

/** {@code order_db.orders}. */
final class Orders implements TableShape {
    @Override
    public String table() {
        return "order_db.orders";
    }

    @Override
    public String columns() {
        return "id, user_id, status, amount, discount, currency, extras, note, placed_at, paid_at, updated_at";
    }

    @Override
    public String values(long key, Draw draw) {
        return String.join(
                ", ",
                Long.toString(key),
                draw.number(100_000),
                draw.pick("new", "paid", "shipped", "returned"),
                draw.decimal(100_000, 2),
                draw.orNull(0.5, "0." + (1000 + draw.below(9000))),
                draw.pick("EUR", "PLN", "CNY", "USD"),
                draw.pick("", "gift", "express", "gift,fragile", "gift,express,fragile"),
                draw.orNull(0.5, draw.words(6)),
                draw.past(),
                draw.orNull(0.4, draw.past()),
                draw.present());
    }

    @Override
    public String changes(Draw draw) {
        return "status = " + draw.pick("new", "paid", "shipped", "returned") + ", paid_at = "
                + draw.orNull(0.2, draw.past())
                + (draw.chance(0.2) ? ", amount = " + draw.decimal(100_000, 2) : "")
                + (draw.chance(0.2) ? ", note = " + draw.orNull(0.3, draw.words(6)) : "")
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
