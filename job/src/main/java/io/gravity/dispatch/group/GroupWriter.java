package io.gravity.dispatch.group;

import io.gravity.dispatch.TargetConfig.Group;
import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.TargetWriters;
import io.gravity.dispatch.group.Member.Turn;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.types.ScopeKeys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes each batch through one of a group's members, or each of its rows through the row's own member.
 *
 * <p>Thread-safe. A call returns or throws only when nothing of its batch is under way any more at any member, which is
 * what the order of rows rests on. Health is this task's own view: another task may see a member down a little later.
 */
public final class GroupWriter implements TargetWriter {
    private static final Logger LOG = LoggerFactory.getLogger(GroupWriter.class);
    private static final long CLOSE_MILLIS = 4_500;

    private final String name;
    private final Group.Failover failover;
    private final List<Member> members;
    private final Balancer<Member> balancer;
    private final HashRing<Member> primaryRing;
    private final HashRing<Member> backupRing;
    private final ScopeKeys scopes;
    private final boolean isByRow;
    private final ScheduledThreadPoolExecutor keeper;
    private final boolean followsTables;
    private boolean closed;

    /** What opens a group's writer: its members' writers come in the order of the members. */
    private record GroupWriters(Group config, List<TargetWriters> members) implements TargetWriters {
        private static final long serialVersionUID = 1L;

        @Override
        public TargetWriter open() {
            return open(new UnregisteredMetricsGroup());
        }

        @Override
        public TargetWriter open(MetricGroup metrics) {
            return new GroupWriter(config, members, metrics);
        }
    }

    private GroupWriter(Group config, List<TargetWriters> writers, MetricGroup metrics) {
        this.name = config.name();
        this.failover = config.failover();
        this.members = IntStream.range(0, writers.size())
                .mapToObj(i -> new Member(config.members().get(i), failover, writers.get(i), metrics))
                .toList();
        this.followsTables = members.stream().allMatch(Member::followsTables);
        this.balancer = new Balancer<>(config.strategy(), members, Member::weight, Member::underWay);
        this.primaryRing = ring(false);
        this.backupRing = ring(true);
        this.scopes = new ScopeKeys(config.delivery().scope());
        this.isByRow = config.strategy() == Group.Strategy.CONSISTENT_HASH;
        // One thread for each member that may hang, and one to watch them.
        this.keeper = new ScheduledThreadPoolExecutor(members.size() + 1, new ExecutorThreadFactory("group-" + name));
        keeper.setRemoveOnCancelPolicy(true);
    }

    private HashRing<Member> ring(boolean isBackup) {
        return new HashRing<>(
                members.stream().filter(member -> member.isBackup() == isBackup).toList(), Member::name);
    }

    /** Returns what opens a writer of this group; the members' writers come in the order of its members. */
    public static TargetWriters of(Group config, List<TargetWriters> members) {
        return new GroupWriters(config, List.copyOf(members));
    }

    @Override
    public void write(List<ChangeEvent> batch) throws InterruptedException {
        if (isByRow) {
            writeByRow(batch);
        } else {
            writeAnywhere(batch);
        }
    }

    /** Tries the members that serve, each once at most. */
    private void writeAnywhere(List<ChangeEvent> batch) throws InterruptedException {
        var tried = new ArrayList<Member>();
        GravityException failure = null;
        for (var turn = next(tried); turn != null; turn = next(tried)) {
            failure = attempt(turn, batch);
            if (failure == null) {
                return;
            }
            tried.add(turn.member());
        }
        throw failure != null ? failure : noneUp();
    }

    private synchronized Turn next(List<Member> tried) {
        var untried = new ArrayList<>(serving());
        untried.removeAll(tried);
        if (untried.isEmpty()) {
            return null;
        }
        // One batch at a time finds out whether a member that has just failed works again; the others need not wait.
        var likely = new ArrayList<>(untried);
        likely.removeIf(member -> member.health().isSuspect() && member.underWay() > 0);
        return balancer.next(likely.isEmpty() ? untried : likely).begin();
    }

    /** Returns the primaries that are up; if there are none, the backups that are. */
    private List<Member> serving() {
        var up = members.stream().filter(Member::isUp).toList();
        var primaries = up.stream().filter(member -> !member.isBackup()).toList();
        return primaries.isEmpty() ? up : primaries;
    }

    /** Goes on with what a member had that is taken for down meanwhile; what one that is up failed at is the caller's. */
    private void writeByRow(List<ChangeEvent> batch) throws InterruptedException {
        GravityException failure = null;
        var rest = batch;
        while (!rest.isEmpty()) {
            var parts = divided(rest);
            rest = new ArrayList<>();
            for (var part : parts.entrySet()) {
                var turn = begin(part.getKey());
                var error = turn == null ? null : attempt(turn, part.getValue());
                if (turn == null || (error != null && isDown(turn.member()))) {
                    rest.addAll(part.getValue());
                } else if (error != null) {
                    failure = error;
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Returns what each member is to get; all changes of a row, or of what else is to be in order, go to one. */
    private synchronized Map<Member, List<ChangeEvent>> divided(List<ChangeEvent> batch) {
        var parts = new LinkedHashMap<Member, List<ChangeEvent>>();
        boolean isAnyPrimaryUp = members.stream().anyMatch(member -> member.isUp() && !member.isBackup());
        var ring = isAnyPrimaryUp ? primaryRing : backupRing;
        for (var event : batch) {
            var owner = ring.owner(scopes.getKey(event), Member::isUp);
            if (owner == null) {
                throw noneUp();
            }
            parts.computeIfAbsent(owner, any -> new ArrayList<>()).add(event);
        }
        return parts;
    }

    private synchronized Turn begin(Member member) {
        return member.isUp() ? member.begin() : null;
    }

    private synchronized boolean isDown(Member member) {
        return !member.isUp();
    }

    /** Returns {@code null} once all is delivered, or why the member could not do it; other failures are thrown. */
    private GravityException attempt(Turn turn, List<ChangeEvent> batch) throws InterruptedException {
        var watch =
                keeper.schedule(() -> overdue(turn), failover.detectionTimeout().toNanos(), TimeUnit.NANOSECONDS);
        try {
            turn.writer().write(batch);
            delivered(turn, batch.size());
            return null;
        } catch (RuntimeException e) {
            return failed(turn, e);
        } finally {
            watch.cancel(false);
            end(turn);
        }
    }

    private synchronized void delivered(Turn turn, int changes) {
        turn.member().delivered(changes);
        if (!turn.isFenced()) {
            turn.member().health().answered();
        }
    }

    private synchronized GravityException failed(Turn turn, RuntimeException error) {
        if (turn.isFenced()) {
            // Its writer was closed under it, so what the error says may be of that alone.
            return new GravityException(
                    ErrorCode.TARGET_UNREACHABLE,
                    "target " + name + ": member " + turn.member().name()
                            + " was taken for down while it wrote. The batch goes to another member.",
                    error);
        }
        if (!(error instanceof GravityException known)) {
            throw error;
        }
        boolean isDown = turn.member().health().failed(known.code(), System.nanoTime());
        if (known.code().category() != ErrorCode.Category.TARGET_RETRYABLE) {
            throw known;
        }
        if (isDown) {
            takeDown(turn.member(), known.getMessage());
        }
        return known;
    }

    private synchronized void end(Turn turn) {
        turn.member().end();
    }

    private synchronized void overdue(Turn turn) {
        if (!turn.isFenced() && !closed) {
            takeDown(
                    turn.member(),
                    "it has not answered a batch for "
                            + failover.detectionTimeout().toMillis() + " ms");
        }
    }

    private void takeDown(Member member, String reason) {
        closeAside(member.takeDown(), member);
        var others = serving();
        LOG.warn(
                "target {}: member {} is taken for down, {}; it is asked again every {} ms: {}",
                name,
                member.name(),
                others.isEmpty() ? "and none is left" : "its load goes to " + names(others),
                failover.retryInterval().toMillis(),
                reason);
        askLater(member);
    }

    private synchronized void askLater(Member member) {
        if (!closed) {
            member.asksNext(
                    keeper.schedule(() -> ask(member), failover.retryInterval().toNanos(), TimeUnit.NANOSECONDS));
        }
    }

    /** Asks a member that is down whether it is back, and does so again after the interval if it is not. */
    private void ask(Member member) {
        synchronized (this) {
            if (closed || member.isUp() || !member.beginAsking()) {
                return;
            }
        }
        TargetWriter fresh = null;
        try {
            fresh = member.opened();
            fresh.check();
            if (bringBack(member, fresh)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.info("target {}: member {} is still down: {}", name, member.name(), e.getMessage());
        } finally {
            endAsking(member);
        }
        if (fresh != null) {
            fresh.close();
        }
        askLater(member);
    }

    private synchronized void endAsking(Member member) {
        member.endAsking();
    }

    private synchronized boolean bringBack(Member member, TargetWriter fresh) {
        if (closed) {
            return false;
        }
        member.bringBack(fresh);
        LOG.info("target {}: member {} is back; the load goes to {}", name, member.name(), names(serving()));
        return true;
    }

    /** With nobody to write to, all are asked at once instead of after the interval. */
    private synchronized GravityException noneUp() {
        if (!closed) {
            members.forEach(member -> keeper.execute(() -> ask(member)));
        }
        return new GravityException(
                ErrorCode.TARGET_UNREACHABLE,
                "target " + name + ": none of the members " + names(members)
                        + " is up. Check that the servers run and can be reached; writing is retried.");
    }

    private static String names(List<Member> members) {
        return members.stream().map(Member::name).collect(Collectors.joining(", "));
    }

    @Override
    public boolean followsTables() {
        return followsTables;
    }

    /** {@inheritDoc} One member that is up is enough. */
    @Override
    public synchronized void check() {
        if (serving().isEmpty()) {
            throw noneUp();
        }
    }

    private Thread closeAside(TargetWriter writer, Member member) {
        var closing = new Thread(writer::close, "close-member-" + member.name());
        closing.setDaemon(true);
        closing.start();
        return closing;
    }

    /** Closes all members' writers at once. */
    @Override
    public void close() {
        var closing = new ArrayList<Thread>();
        synchronized (this) {
            closed = true;
            keeper.shutdownNow();
            for (var member : members) {
                var last = member.letGo();
                if (last != null) {
                    closing.add(closeAside(last, member));
                }
            }
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
        try {
            for (var thread : closing) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
