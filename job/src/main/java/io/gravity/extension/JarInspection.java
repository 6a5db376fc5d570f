package io.gravity.extension;

import io.gravity.udf.ConflictResolver;
import io.gravity.udf.Extension;
import io.gravity.udf.FieldFunction;
import io.gravity.udf.QualityRule;
import io.gravity.udf.RepairRule;
import io.gravity.udf.RowTransform;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

/**
 * Looks at every extension that a jar registers, whether the configuration calls it or not: what is wrong with one would
 * show in a running job otherwise. Their classes are found by the thread's context class loader.
 */
public final class JarInspection {
    private static final String SERVICES = "META-INF/services/";
    private static final List<Class<? extends Extension>> KINDS = List.of(
            FieldFunction.class, QualityRule.class, RepairRule.class, RowTransform.class, ConflictResolver.class);

    private final Path jar;
    private final ClassLoader loader = Thread.currentThread().getContextClassLoader();
    private final Set<String> problems = new LinkedHashSet<>();
    private final List<String> found = new ArrayList<>();

    private JarInspection(Path jar) {
        this.jar = jar;
    }

    public static JarInspection of(Path jar) {
        var inspection = new JarInspection(jar);
        inspection.inspect();
        return inspection;
    }

    /** Returns the files of a jar that register extensions. */
    public static List<String> registrations() {
        return KINDS.stream().map(kind -> SERVICES + kind.getName()).toList();
    }

    /** Returns what is wrong, each with its place in the jar and the remedy. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Returns the extensions that are as they should be, in words for the log. */
    public List<String> found() {
        return List.copyOf(found);
    }

    private void inspect() {
        try (var file = new JarFile(jar.toFile())) {
            for (var kind : KINDS) {
                inspect(file, kind);
            }
        } catch (IOException e) {
            problems.add(jar + " can't be read as a jar (" + e.getMessage() + "). Build it anew");
        }
    }

    private <E extends Extension> void inspect(JarFile file, Class<E> kind) throws IOException {
        var entry = file.getJarEntry(SERVICES + kind.getName());
        if (entry == null) {
            return;
        }
        var lines = new String(file.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8).lines();
        var classes = lines.map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        for (var name : classes) {
            var extension = made(kind, name);
            if (extension != null) {
                inspect(kind, extension);
            }
        }
    }

    private <E extends Extension> E made(Class<E> kind, String className) {
        try {
            var type = Class.forName(className, false, loader);
            if (!kind.isAssignableFrom(type)) {
                return refused(
                        kind, className, "which does not implement that interface. Correct the line or the class");
            }
            var constructor = type.getDeclaredConstructor();
            if (!Modifier.isPublic(type.getModifiers())
                    || Modifier.isAbstract(type.getModifiers())
                    || !Modifier.isPublic(constructor.getModifiers())) {
                return refused(
                        kind,
                        className,
                        "which is abstract, or not public, or its constructor is not. Make it a public class");
            }
            return kind.cast(constructor.newInstance());
        } catch (ClassNotFoundException e) {
            return refused(kind, className, "which is in no jar. Pack the class, or remove the line");
        } catch (UnsupportedClassVersionError e) {
            return refused(kind, className, "which is compiled for a later Java. Compile it with --release 17");
        } catch (NoSuchMethodException e) {
            return refused(kind, className, "which has no constructor without arguments. Add one");
        } catch (InvocationTargetException e) {
            return refused(kind, className, "whose constructor throws " + e.getCause() + ". It must not");
        } catch (ReflectiveOperationException | LinkageError e) {
            return refused(
                    kind, className, "which can't be loaded (" + e + "). Pack what it uses, or name that jar as well");
        }
    }

    private <E extends Extension> E refused(Class<E> kind, String className, String why) {
        problems.add(jar + ": " + SERVICES + kind.getName() + " names " + className + ", " + why);
        return null;
    }

    private void inspect(Class<? extends Extension> kind, Extension extension) {
        int before = problems.size();
        var name = told(extension, "name()", extension::name);
        var version = told(extension, "version()", extension::version);
        var accepted = extension instanceof FieldFunction function
                ? told(extension, "accepts()", function::accepts)
                : Set.of();
        if (accepted != null && extension instanceof FieldFunction && accepted.isEmpty()) {
            problems.add(at(extension) + "accepts() is empty, expected the kinds of columns that it takes");
        }
        if (problems.size() > before) {
            return;
        }
        Extensions.of(kind).problem(name).ifPresent(text -> problems.add(jar + ": " + text));
        var line = kind.getSimpleName() + " " + name + ", " + version + ", of " + jar.getFileName();
        found.add(line.replaceAll("[\\s\\p{Cntrl}]+", " "));
    }

    /** Returns what the extension tells of itself; {@code null} after a problem. */
    private <T> T told(Extension extension, String method, Supplier<T> call) {
        try {
            var value = call.get();
            if (value == null || (value instanceof String text && text.isBlank())) {
                problems.add(at(extension) + method + " returns nothing. Make it return what it stands for");
                return null;
            }
            return value;
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            problems.add(at(extension) + method + " throws " + e + ". Make it return a constant");
            return null;
        }
    }

    private String at(Extension extension) {
        return jar + ": " + extension.getClass().getName() + ": its ";
    }
}
