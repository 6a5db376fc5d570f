package io.gravity.local.load;

/** {@code order_db.order_items}; four numbers in a row are the four lines of one order. */
final class OrderItems implements TableShape {
    private static final int LINES = 4;

    @Override
    public String table() {
        return "order_db.order_items";
    }

    @Override
    public String columns() {
        return "order_id, line_no, sku, quantity, unit_price, weight_kg, updated_at";
    }

    @Override
    public String values(long key, Draw draw) {
        return String.join(
                ", ",
                Long.toString(key / LINES),
                Long.toString(key % LINES),
                "'SKU-" + draw.below(10_000) + "'",
                Integer.toString(1 + draw.below(20)),
                draw.decimal(10_000, 4),
                draw.orNull(0.3, draw.decimal(50, 3)),
                draw.present());
    }

    @Override
    public String changes(Draw draw) {
        return "quantity = " + (1 + draw.below(20)) + ", unit_price = " + draw.decimal(10_000, 4)
                + (draw.chance(0.2) ? ", weight_kg = " + draw.orNull(0.3, draw.decimal(50, 3)) : "")
                + ", updated_at = " + draw.present();
    }

    @Override
    public String where(long key) {
        return "order_id = " + key / LINES + " AND line_no = " + key % LINES;
    }

    @Override
    public String rekey(long key) {
        return "order_id = " + key / LINES + ", line_no = " + key % LINES;
    }

    @Override
    public String keyExpression() {
        return "order_id * " + LINES + " + line_no";
    }
}
