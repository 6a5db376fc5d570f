package io.gravity.dispatch;

import io.gravity.audit.Letter;
import io.gravity.audit.LetterFilter;
import java.util.List;

/**
 * The quarantine's table as an operator at the console works with it, beside the job that writes it. Failures are {@code
 * GravityException}s that name the target.
 */
public interface LetterStore extends AutoCloseable {

    /**
     * Finds letters, the oldest first.
     *
     * @param limit how many at most
     * @return letters without {@code row_data}; as {@code change_data} an empty text for one that has it
     */
    List<Letter> find(LetterFilter filter, int limit) throws InterruptedException;

    /** Returns these letters with all they hold; one that is gone is left out. */
    List<Letter> read(List<String> ids) throws InterruptedException;

    /**
     * Deletes letters.
     *
     * @param letters one that was written again since it was read stays
     * @return how many were deleted
     */
    int delete(List<Letter> letters) throws InterruptedException;

    @Override
    void close();
}
