package io.gravity.local.load;

/** {@code user_db.user_profiles}. */
final class UserProfiles implements TableShape {
    @Override
    public String table() {
        return "user_db.user_profiles";
    }

    @Override
    public String columns() {
        return "user_id, nickname, bio, preferences, avatar, rating, wakes_at, last_seen, updated_at";
    }

    @Override
    public String values(long key, Draw draw) {
        return String.join(
                ", ",
                Long.toString(key),
                draw.orNull(0.1, draw.words(1)),
                draw.orNull(0.3, draw.words(20)),
                draw.orNull(0.3, draw.json()),
                draw.orNull(0.5, draw.bytes(32)),
                draw.orNull(0.2, quarters(draw)),
                draw.orNull(0.3, draw.span()),
                draw.orNull(0.2, draw.pastMillis()),
                draw.present());
    }

    @Override
    public String changes(Draw draw) {
        return "last_seen = " + draw.orNull(0.1, draw.pastMillis()) + ", rating = " + draw.orNull(0.1, quarters(draw))
                + (draw.chance(0.3) ? ", preferences = " + draw.json() : "")
                + (draw.chance(0.1) ? ", avatar = " + draw.orNull(0.5, draw.bytes(48)) : "")
                + ", updated_at = " + draw.present();
    }

    @Override
    public String where(long key) {
        return "user_id = " + key;
    }

    @Override
    public String rekey(long key) {
        return "user_id = " + key;
    }

    @Override
    public String keyExpression() {
        return "user_id";
    }

    /** A FLOAT whose text has few digits: servers print no more than six, so others are not the same everywhere. */
    private static String quarters(Draw draw) {
        return draw.below(5) + "." + 25 * draw.below(4);
    }
}
