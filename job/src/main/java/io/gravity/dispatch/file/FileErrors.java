package io.gravity.dispatch.file;

import static java.util.stream.Collectors.joining;

import io.gravity.dispatch.TargetErrors;
import io.gravity.dispatch.TargetErrors.Answer;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.util.List;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;

/** What a file system's errors mean. */
final class FileErrors {
    private static final Answer NO_FILE_SYSTEM = new Answer(
            ErrorCode.TARGET_MISCONFIGURED,
            "Put Flink's plugin for it into a folder of its own below Flink's plugins folder, and restart Flink.");
    private static final Answer DENIED = new Answer(
            ErrorCode.TARGET_MISCONFIGURED,
            "Let the user that Flink runs as write there, or change the target's path.");
    private static final Answer NO_FOLDER =
            new Answer(ErrorCode.TARGET_MISCONFIGURED, "Change the target's path to that of a folder.");
    private static final Answer AWAY = new Answer(
            ErrorCode.TARGET_UNREACHABLE, "Check that the file system can be reached, and that it has room.");

    private FileErrors() {}

    static GravityException triaged(IOException error, String target, String doing, List<ChangeEvent> rows) {
        var chain = TargetErrors.chain(error);
        var words = chain.stream()
                .map(link -> TargetErrors.limited(link.toString()))
                .collect(joining(", caused by "));
        return TargetErrors.failure(answer(chain), target, doing, rows, words, error);
    }

    private static Answer answer(List<Throwable> chain) {
        for (var link : chain) {
            if (link instanceof UnsupportedFileSystemSchemeException) {
                return NO_FILE_SYSTEM;
            }
            // Java's own streams and Hadoop's say so in words alone.
            if (link instanceof AccessDeniedException
                    || String.valueOf(link.getMessage()).contains("ermission denied")) {
                return DENIED;
            }
            if (link instanceof FileAlreadyExistsException) {
                return NO_FOLDER;
            }
        }
        return AWAY;
    }
}
