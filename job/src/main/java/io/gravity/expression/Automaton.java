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

    private final List<Place> places = new ArrayList<>();
    private final boolean anchoredAtEnd;
    private final boolean anchoredAtStart;
    private final int begin;
    private final int end;
    /** The first character of each class of characters that no part of the expression tells apart. */
    private final int[] classes;

    private final int[] asciiClasses = new int[ASCII];
    private final Map<BitSet, State> states = new HashMap<>();
    private State start;

    /** Where one can be in the expression: a character leads on, or one may go on as it is. */
    private static final class Place {
        private Regex.Chars chars;
        private int next;
        private final List<Integer> free = new ArrayList<>();
    }

    /** All the places where one can be at the same time. */
    private static final class State {
        private final BitSet places;
        private final boolean accepts;
        private final State[] next;

        State(BitSet places, boolean accepts, int classes) {
            this.places = places;
            this.accepts = accepts;
            this.next = new State[classes];
        }
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
        var state = start;
        int length = text.length();
        for (int i = 0; i < length; i++) {
            if (state.accepts && !anchoredAtEnd) {
                return true;
            }
            int c = text.charAt(i);
            int kind;
            if (c < ASCII) {
                kind = asciiClasses[c];
            } else {
                c = text.codePointAt(i);
                i += Character.charCount(c) - 1;
                kind = classOf(c);
            }
            var next = state.next[kind];
            state = next != null ? next : step(state, kind);
            if (state.places.isEmpty()) {
                return false;
            }
        }
        return state.accepts;
    }

    private State step(State from, int kind) {
        var reached = new BitSet(places.size());
        int c = classes[kind];
        for (int i = from.places.nextSetBit(0); i >= 0; i = from.places.nextSetBit(i + 1)) {
            var place = places.get(i);
            if (place.chars != null && place.chars.has(c)) {
                reach(place.next, reached);
            }
        }
        if (!anchoredAtStart) {
            reach(begin, reached);
        }
        var state = states.get(reached);
        if (state == null) {
            if (states.size() >= MAX_STATES) {
                states.clear();
                start = first();
            }
            state = state(reached);
        }
        from.next[kind] = state;
        return state;
    }

    private State first() {
        var reached = new BitSet(places.size());
        reach(begin, reached);
        return state(reached);
    }

    private State state(BitSet reached) {
        var state = new State(reached, reached.get(end), classes.length);
        states.put(reached, state);
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
