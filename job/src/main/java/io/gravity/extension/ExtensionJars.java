package io.gravity.extension;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;

/**
 * The jars with users' extensions that the configuration names. They travel with the job as its own jar does, so that no
 * process of the cluster needs the files; tasks find them by the class loader that Flink makes of both.
 *
 * @param files absolute paths of jars on the machine where the configuration is read
 * @param found the extensions in them, in words for people
 */
public record ExtensionJars(List<String> files, List<String> found) implements Serializable {
    private static final long serialVersionUID = 1L;

    public ExtensionJars {
        files = List.copyOf(files);
        found = List.copyOf(found);
    }

    public static ExtensionJars none() {
        return new ExtensionJars(List.of(), List.of());
    }

    public boolean isEmpty() {
        return files.isEmpty();
    }

    public List<URL> urls() {
        return files.stream().map(ExtensionJars::url).toList();
    }

    /**
     * Makes the jars' classes visible to what this thread does until the scope is closed, as they are to a task: after
     * all that was visible before.
     */
    public Scope open() {
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        if (files.isEmpty()) {
            return () -> {};
        }
        var parent = before == null ? ExtensionJars.class.getClassLoader() : before;
        var loader = new URLClassLoader("extensions", urls().toArray(new URL[0]), parent);
        thread.setContextClassLoader(loader);
        return () -> {
            thread.setContextClassLoader(before);
            close(loader);
        };
    }

    private static void close(URLClassLoader loader) {
        try {
            loader.close();
        } catch (IOException e) {
            throw new UncheckedIOException("can't close " + loader.getName(), e);
        }
    }

    private static URL url(String file) {
        try {
            return Path.of(file).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("no path of a file: " + file, e);
        }
    }

    /** For how long a thread sees the jars. */
    @FunctionalInterface
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }
}
