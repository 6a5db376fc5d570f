package io.gravity.dispatch.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gravity.audit.Letter;
import io.gravity.audit.LetterFilter;
import io.gravity.dispatch.LetterStore;
import io.gravity.dispatch.TargetConfig;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.TableId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.flink.core.fs.Path;

/**
 * Dead letters in files. Of several lines with one id the one written last is the letter. To delete one is to write its
 * file anew without it; the job only ever adds files, so nothing of its is lost by that.
 */
public final class FileLetterStore implements LetterStore {
    private final String name;
    private final TableId table;
    private final LetterFiles files;
    private final ObjectMapper json = new ObjectMapper();

    /** Creates the store without looking at the folder; {@code letters} is {@code database.table} as configured. */
    public FileLetterStore(TargetConfig.File config, TableId letters) {
        this.table = letters;
        this.name = config.name();
        this.files = new LetterFiles(config.path());
    }

    @Override
    public List<Letter> find(LetterFilter filter, int limit) {
        return filter.choose(newest(letter -> true, Letter::brief), limit);
    }

    @Override
    public List<Letter> read(List<String> ids) {
        return newest(letter -> ids.contains(letter.id()), letter -> letter).stream()
                .sorted(Letter.OLDEST_FIRST)
                .toList();
    }

    private Collection<Letter> newest(Predicate<Letter> wanted, Function<Letter, Letter> kept) {
        return doing("read dead letters", () -> {
            var newest = new HashMap<String, Letter>();
            for (var file : files.list(table)) {
                for (var line : files.read(file)) {
                    parsed(file, line)
                            .filter(wanted)
                            .ifPresent(letter -> newest.merge(
                                    letter.id(),
                                    kept.apply(letter),
                                    (one, other) -> other.writtenAt().compareTo(one.writtenAt()) < 0 ? one : other));
                }
            }
            return newest.values();
        });
    }

    @Override
    public int delete(List<Letter> letters) {
        var times = new HashMap<String, String>();
        letters.forEach(letter -> times.put(letter.id(), letter.writtenAt()));
        var there = newest(letter -> times.containsKey(letter.id()), Letter::brief);
        return doing("delete dead letters", () -> {
            for (var file : files.list(table)) {
                delete(file, times);
            }
            return (int) there.stream()
                    .filter(letter -> letter.writtenAt().equals(times.get(letter.id())))
                    .count();
        });
    }

    private void delete(Path file, Map<String, String> times) throws IOException {
        var lines = files.read(file);
        var kept = new ArrayList<String>();
        for (var line : lines) {
            var letter = parsed(file, line);
            // Written again since, it is another letter.
            if (letter.isEmpty()
                    || letter.get()
                                    .writtenAt()
                                    .compareTo(times.getOrDefault(letter.get().id(), ""))
                            > 0) {
                kept.add(line);
            }
        }
        if (kept.size() < lines.size()) {
            files.keep(file, kept);
        }
    }

    /** Returns the letter in a line; empty for an empty line. */
    private Optional<Letter> parsed(Path file, String line) {
        if (line.isBlank()) {
            return Optional.empty();
        }
        try {
            var letter = Letter.of(json.readTree(line));
            if (letter.isPresent()) {
                return letter;
            }
        } catch (JsonProcessingException e) {
            throw noLetter(file, line, e);
        }
        throw noLetter(file, line, null);
    }

    private GravityException noLetter(Path file, String line, Exception cause) {
        return new GravityException(
                ErrorCode.TARGET_MISCONFIGURED,
                "target " + name + ": " + file + " has a line that is no dead letter: "
                        + line.substring(0, Math.min(100, line.length())) + ". Mend or remove the line.",
                cause);
    }

    /** What is done with the files. */
    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> T doing(String doing, Work<T> work) {
        try {
            return work.run();
        } catch (IOException e) {
            throw FileErrors.triaged(e, name, doing + " in " + files.folder(), List.of());
        }
    }

    @Override
    public void close() {
        files.close();
    }
}
