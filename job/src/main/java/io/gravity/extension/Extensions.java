package io.gravity.extension;

import static java.util.Objects.requireNonNullElse;
import static java.util.stream.Collectors.joining;

import io.gravity.config.Nearest;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.udf.Extension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * All extensions of one kind that are on the class path, by name; names are the same with {@code -} and {@code _}. Each
 * {@link #of} makes instances of its own.
 */
public final class Extensions<E extends Extension> {
    /** More than this is an iterator that does not end. */
    private static final int MAX_BROKEN = 100;

    private final Class<E> kind;
    private final Map<String, List<E>> found = new TreeMap<>();
    private final List<String> broken = new ArrayList<>();

    private Extensions(Class<E> kind) {
        this.kind = kind;
    }

    /** Finds the extensions of a kind; one that can't be loaded harms no other. */
    public static <E extends Extension> Extensions<E> of(Class<E> kind) {
        var loader = Thread.currentThread().getContextClassLoader();
        return of(kind, requireNonNullElse(loader, Extensions.class.getClassLoader()));
    }

    /** Finds the extensions of a kind that a class loader knows. */
    public static <E extends Extension> Extensions<E> of(Class<E> kind, ClassLoader loader) {
        var extensions = new Extensions<>(kind);
        var providers = ServiceLoader.load(kind, loader).iterator();
        while (extensions.broken.size() < MAX_BROKEN) {
            try {
                if (!providers.hasNext()) {
                    break;
                }
                extensions.add(providers.next());
            } catch (ServiceConfigurationError | LinkageError e) {
                extensions.broken.add(e.getMessage());
            }
        }
        return extensions;
    }

    /** A name that can't be had is a fault of the provider, whatever it throws. */
    private void add(E extension) {
        String name;
        try {
            name = extension.name();
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            broken.add(extension.getClass().getName() + ": its name() throws " + e);
            return;
        }
        if (name == null || name.isBlank()) {
            broken.add(extension.getClass().getName() + ": its name() is empty");
            return;
        }
        found.computeIfAbsent(canonical(name), absent -> new ArrayList<>()).add(extension);
    }

    /** Returns the names, with {@code -}, that exactly one extension has. */
    public List<String> names() {
        return found.keySet().stream().filter(name -> problem(name).isEmpty()).toList();
    }

    /** Returns what is wrong with the name, and the remedy; empty if exactly one extension has it. */
    public Optional<String> problem(String name) {
        var named = found.get(canonical(name));
        if (named == null) {
            return Optional.of("no " + kind.getSimpleName() + " \"" + name + "\" is on the class path, expected "
                    + (found.isEmpty() ? "one there" : "one of " + String.join(", ", found.keySet())) + "."
                    + Nearest.hint(canonical(name), found.keySet()) + brokenOnes()
                    + " Name the jar of your own under extensions: {path: ...}; it needs a line in META-INF/services/"
                    + kind.getName());
        }
        if (named.size() > 1) {
            return Optional.of("found " + named.size() + " of the name \"" + name + "\" on the class path: "
                    + named.stream().map(one -> one.getClass().getName()).collect(joining(", "))
                    + ". Rename or remove all but one");
        }
        return Optional.empty();
    }

    /**
     * Returns the extension of this name.
     *
     * @throws GravityException with CONFIG_INVALID if there is not exactly one
     */
    public E named(String name) {
        problem(name).ifPresent(text -> {
            throw new GravityException(ErrorCode.CONFIG_INVALID, text);
        });
        return found.get(canonical(name)).get(0);
    }

    private String brokenOnes() {
        return broken.isEmpty() ? "" : " Not usable: " + String.join("; ", broken) + ".";
    }

    private static String canonical(String name) {
        return name.replace('_', '-');
    }
}
