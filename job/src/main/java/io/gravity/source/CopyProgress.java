package io.gravity.source;

import io.debezium.relational.TableId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/** How far the copies of a source are, counted in this attempt of the job; rows count once their chunk has been read. */
final class CopyProgress {
    /** Copies that are complete are forgotten beyond this number, the oldest first. */
    private static final int MOST_COMPLETE = 1000;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final LongSupplier nanos;
    private final Map<Id, Tally> tallies = new LinkedHashMap<>();

    /** Creates a count; the clock is one of nanoseconds from any origin. */
    CopyProgress(LongSupplier nanos) {
        this.nanos = nanos;
    }

    private record Id(String run, TableId table) {}

    private static final class Tally {
        private final String where;
        private final long begunNanos;
        private long rowsTotal;
        private long rowsCut;
        private long rowsDone;
        private int chunksCut;
        private int chunksDone;
        private boolean isCut;
        /** Chunks that wait or are being read. */
        private final Set<String> open = new HashSet<>();

        private Tally(String where, long begunNanos) {
            this.where = where;
            this.begunNanos = begunNanos;
        }

        private boolean isComplete() {
            return isCut && open.isEmpty();
        }

        private void add(ChangeSplit chunk) {
            if (open.add(chunk.splitId())) {
                chunksCut++;
                rowsCut += chunk.part().rows();
            }
        }

        private void remove(ChangeSplit chunk) {
            if (open.remove(chunk.splitId())) {
                chunksDone++;
                rowsDone += chunk.part().rows();
            }
        }

        /** The server's estimate may be far off; what was cut is known. */
        private long total() {
            return isCut ? rowsCut : Math.max(rowsTotal, rowsCut);
        }
    }

    /** Notes that a copy is to be cut. */
    void begun(TableCopy copy) {
        tallies.computeIfAbsent(id(copy), id -> new Tally(copy.where(), nanos.getAsLong()));
        var complete = tallies.values().stream().filter(Tally::isComplete).count();
        if (complete > MOST_COMPLETE) {
            var oldest = tallies.values().stream().filter(Tally::isComplete).findFirst();
            tallies.values().remove(oldest.orElseThrow());
        }
    }

    /** Notes a chunk that waits to be read. */
    void cut(ChunkCutter.Cut cut) {
        begun(cut.copy());
        var tally = tallies.get(id(cut.copy()));
        tally.rowsTotal = cut.rowsTotal();
        tally.isCut = cut.rest() == null;
        if (cut.chunk() != null) {
            tally.add(cut.chunk());
        }
    }

    /** Notes a chunk that was waiting, or being read, before a restart, and is to be read now. */
    void found(ChangeSplit chunk) {
        if (chunk.part() != null) {
            tallies.computeIfAbsent(id(chunk), this::wholly).add(chunk);
        }
    }

    /** Returns a copy of which nothing is left to cut. */
    private Tally wholly(Id id) {
        var tally = new Tally(null, nanos.getAsLong());
        tally.isCut = true;
        return tally;
    }

    /** Says that nothing more is cut of copies that are not among these. */
    void onlyTheseAreCut(Iterable<TableCopy> copies) {
        tallies.values().forEach(tally -> tally.isCut = true);
        for (var copy : copies) {
            begun(copy);
            tallies.get(id(copy)).isCut = false;
        }
    }

    /** Notes a chunk that was read. */
    void done(ChangeSplit chunk) {
        var tally = chunk.part() == null ? null : tallies.get(id(chunk));
        if (tally != null) {
            tally.remove(chunk);
        }
    }

    /** Forgets a table. */
    void forget(TableId table) {
        tallies.keySet().removeIf(id -> id.table().equals(table));
    }

    /** Forgets everything. */
    void clear() {
        tallies.clear();
    }

    boolean knows(String run) {
        return tallies.keySet().stream().anyMatch(id -> id.run().equals(run));
    }

    List<Resnapshots.Progress> all() {
        var all = new ArrayList<Resnapshots.Progress>();
        tallies.forEach((id, tally) -> all.add(new Resnapshots.Progress(
                id.run(),
                id.table().catalog() + "." + id.table().table(),
                tally.where,
                tally.rowsDone,
                tally.total(),
                tally.chunksDone,
                tally.chunksCut,
                secondsLeft(tally),
                tally.isComplete())));
        return all;
    }

    private long secondsLeft(Tally tally) {
        if (tally.isComplete()) {
            return 0;
        }
        if (tally.rowsDone == 0) {
            return -1;
        }
        double secondsPerRow = (double) (nanos.getAsLong() - tally.begunNanos) / NANOS_PER_SECOND / tally.rowsDone;
        return (long) Math.ceil((tally.total() - tally.rowsDone) * secondsPerRow);
    }

    /** Returns the rows that are left to copy, of all tables, as far as servers estimate them. */
    long rowsLeft() {
        return tallies.values().stream()
                .mapToLong(tally -> Math.max(0, tally.total() - tally.rowsDone))
                .sum();
    }

    /** Returns how long the longest copy goes on; {@code -1} if that can't be told. */
    long secondsLeft() {
        long most = 0;
        for (var tally : tallies.values()) {
            long seconds = secondsLeft(tally);
            if (seconds < 0) {
                return -1;
            }
            most = Math.max(most, seconds);
        }
        return most;
    }

    int chunksDone() {
        return tallies.values().stream().mapToInt(tally -> tally.chunksDone).sum();
    }

    private static Id id(TableCopy copy) {
        return new Id(copy.run(), copy.table());
    }

    private static Id id(ChangeSplit chunk) {
        return new Id(chunk.part().run(), chunk.split().asSnapshotSplit().getTableId());
    }
}
