package io.gravity.dispatch.group;

import io.gravity.dispatch.TargetConfig.Group;
import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.TargetWriters;
import java.util.concurrent.Future;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** One server of a group in one task: its writer, its health, its metrics. The group's lock guards it. */
final class Member {
    private final Group.Member config;
    private final TargetWriters writers;
    private final Health health;
    private final Counter delivered;
    private final Counter takeovers;
    private final Counter failbacks;
    private TargetWriter writer;
    private volatile boolean isUp = true;
    private int underWay;
    private boolean isAsked;
    private Future<?> nextAsk;

    /** A write under way at a member, and the writer that does it: a member that came back has another one. */
    record Turn(Member member, TargetWriter writer) {

        /** Returns whether the member has been taken for down since. */
        boolean isFenced() {
            return member.writer != writer;
        }
    }

    Member(Group.Member config, Group.Failover failover, TargetWriters writers, MetricGroup metrics) {
        this.config = config;
        this.writers = writers;
        this.health = new Health(failover);
        this.writer = writers.open();
        var group = metrics.addGroup("member", name());
        this.delivered = group.counter("deliveredChanges");
        this.takeovers = group.counter("takeovers");
        this.failbacks = group.counter("failbacks");
        group.gauge("up", (Gauge<Integer>) () -> isUp ? 1 : 0);
    }

    boolean followsTables() {
        return writer.followsTables();
    }

    String name() {
        return config.name();
    }

    int weight() {
        return config.weight();
    }

    boolean isBackup() {
        return config.isBackup();
    }

    Health health() {
        return health;
    }

    boolean isUp() {
        return health.isUp();
    }

    int underWay() {
        return underWay;
    }

    Turn begin() {
        underWay++;
        return new Turn(this, writer);
    }

    void end() {
        underWay--;
    }

    void delivered(int changes) {
        delivered.inc(changes);
    }

    /** Takes it for down, and returns the writer to close. */
    TargetWriter takeDown() {
        var old = writer;
        writer = null;
        health.down();
        isUp = false;
        takeovers.inc();
        return old;
    }

    /** Opens a writer to ask the server with, and to serve with if it answers. */
    TargetWriter opened() {
        return writers.open();
    }

    void bringBack(TargetWriter fresh) {
        writer = fresh;
        health.up();
        isUp = true;
        failbacks.inc();
    }

    /** Returns whether nobody is asking the server already. */
    boolean beginAsking() {
        boolean first = !isAsked;
        isAsked = true;
        return first;
    }

    void endAsking() {
        isAsked = false;
    }

    /** Notes when it is asked next; only one such plan is kept. */
    void asksNext(Future<?> planned) {
        if (nextAsk != null) {
            nextAsk.cancel(false);
        }
        nextAsk = planned;
    }

    /** Returns the writer to close, {@code null} if there is none. */
    TargetWriter letGo() {
        var last = writer;
        writer = null;
        return last;
    }
}
