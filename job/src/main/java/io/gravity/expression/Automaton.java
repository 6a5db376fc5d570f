package io.gravity.expression;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Tells whether a regular expression is found in a text, with one look-up for each character: a deterministic automaton
 * whose states are made when a text first comes to them. RE2, whose answers it gives, tries all ways at once for each
 * character and takes a hundred times as long. Not thread-safe.
 */
final class Automaton {
    private static final int MAX_PLACES = 2_000;
    /** When there are more, all are forgotten: the time stays linear, and the memory bounded. */
    private static final int MAX_STATES = 1_000;

    private static final int ASCII = 128;

    private static final int UNKNOWN = -1;
    private static final int NOT_FOUND = -2;
    private static final int FOUND = -3;

    private final List<Place> places = new ArrayList<>();
    private final boolean anchoredAtEnd;
    private final boolean anchoredAtStart;
    private final int begin;
    private final int end;
    /** The first character of each class of characters that no part of the expression tells apart. */
    private final int[] classes;

    private final int[] asciiClasses = new int[ASCII];
    private final Map<BitSet, Integer> states = new HashMap<>();
    private final List<BitSet> placesOf = new ArrayList<>();
    /** Where each state leads to with each class of characters: another state's first entry here, or one of the words. */
    private int[] table = {};

    private int start;

    /** Where one can be in the expression: a character leads on, or one may go on as it is. */
    private static final class Place {
        private Regex.Chars chars;
        private int next;
        private final List<Integer> free = new ArrayList<>();
    }

    private Automaton(Regex.Anchored regex) {
        this.anchoredAtStart = regex.atStart();
        this.anchoredAtEnd = regex.atEnd();
        this.end = place();
        this.begin = build(regex.inner(), end);
        this.classes = classes();
        for (int c = 0; c < ASCII; c++) {
            asciiClasses[c] = classOf(c);
        }
        this.start = first();
    }

    /** Returns the automaton; empty if the expression has what is not known here, or would become too large. */
    static Optional<Automaton> of(String pattern) {
        try {
            return Regex.parse(pattern).map(Automaton::new);
        } catch (UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    boolean finds(String text) {
        int state = start;
        int length = text.length();
        for (int i = 0; i < length && state >= 0; i++) {
            int c = text.charAt(i);
            int kind;
            if (c < ASCII) {
                kind = asciiClasses[c];
            } else {
                c = text.codePointAt(i);
                i += Character.charCount(c) - 1;
                kind = classOf(c);
            }
            int next = table[state + kind];
            state = next != UNKNOWN ? next : step(state, kind);
        }
        return state >= 0 ? placesOf(state).get(end) : state == FOUND;
    }

    private BitSet placesOf(int state) {
        return placesOf.get(state / classes.length);
    }

    private int step(int from, int kind) {
        var reached = new BitSet(places.size());
        int c = classes[kind];
        var open = placesOf(from);
        for (int i = open.nextSetBit(0); i >= 0; i = open.nextSetBit(i + 1)) {
            var place = places.get(i);
            if (place.chars != null && place.chars.has(c)) {
                reach(place.next, reached);
            }
        }
        if (!anchoredAtStart) {
            reach(begin, reached);
        }
        int to = known(reached);
        if (to == UNKNOWN && states.size() >= MAX_STATES) {
            states.clear();
            placesOf.clear();
            start = first();
            return state(reached);
        }
        to = to == UNKNOWN ? add(reached) : to;
        table[from + kind] = to;
        return to;
    }

    private int first() {
        var reached = new BitSet(places.size());
        reach(begin, reached);
        return state(reached);
    }

    /** Returns the state of being at all these places at the same time, or what is known there already. */
    private int state(BitSet reached) {
        int known = known(reached);
        return known == UNKNOWN ? add(reached) : known;
    }

    private int known(BitSet reached) {
        if (reached.isEmpty()) {
            return NOT_FOUND;
        }
        if (reached.get(end) && !anchoredAtEnd) {
            return FOUND;
        }
        return states.getOrDefault(reached, UNKNOWN);
    }

    private int add(BitSet reached) {
        int state = states.size() * classes.length;
        if (state + classes.length > table.length) {
            table = Arrays.copyOf(table, Math.max(2 * table.length, state + classes.length));
        }
        Arrays.fill(table, state, state + classes.length, UNKNOWN);
        states.put(reached, state);
        placesOf.add(reached);
        return state;
    }

    private void reach(int from, BitSet reached) {
        var open = new ArrayList<Integer>();
        open.add(from);
        while (!open.isEmpty()) {
            int at = open.remove(open.size() - 1);
            if (!reached.get(at)) {
                reached.set(at);
                open.addAll(places.get(at).free);
            }
        }
    }

    private int place() {
        if (places.size() >= MAX_PLACES) {
            throw new UnsupportedOperationException();
        }
        places.add(new Place());
        return places.size() - 1;
    }

    /** Adds the places of a part that goes on at a place; returns where it begins. */
    private int build(Regex part, int next) {
        if (part instanceof Regex.Chars chars) {
            int from = place();
            places.get(from).chars = chars;
            places.get(from).next = next;
            return from;
        }
        if (part instanceof Regex.Sequence sequence) {
            int at = next;
            for (int i = sequence.parts().size() - 1; i >= 0; i--) {
                at = build(sequence.parts().get(i), at);
            }
            return at;
        }
        if (part instanceof Regex.Choice choice) {
            int from = place();
            choice.branches().forEach(branch -> places.get(from).free.add(build(branch, next)));
            return from;
        }
        return repeat((Regex.Repeat) part, next);
    }

    private int repeat(Regex.Repeat repeat, int next) {
        int at = next;
        if (repeat.max() < 0) {
            int loop = place();
            places.get(loop).free.add(next);
            places.get(loop).free.add(build(repeat.part(), loop));
            at = loop;
        }
        for (int i = repeat.min(); i < repeat.max(); i++) {
            int from = place();
            places.get(from).free.add(next);
            places.get(from).free.add(build(repeat.part(), at));
            at = from;
        }
        for (int i = 0; i < repeat.min(); i++) {
            at = build(repeat.part(), at);
        }
        return at;
    }

    private int[] classes() {
        var begins = new TreeSet<Integer>();
        begins.add(0);
        for (var place : places) {
            if (place.chars != null) {
                for (var range : place.chars.ranges()) {
                    begins.add(range[0]);
                    begins.add(Math.min(range[1] + 1, Regex.LAST));
                }
            }
        }
        return begins.stream().mapToInt(Integer::intValue).toArray();
    }

    private int classOf(int c) {
        int found = Arrays.binarySearch(classes, c);
        return found >= 0 ? found : -found - 2;
    }
}
