/**
 * Dead letters in files of any file system that Flink knows, a JSON object a line.
 *
 * <p>Each batch is a file that appears as a whole and is never written again: object stores can't append, readers never
 * see half a line, and the job and an operator who deletes letters share no file. A sink that rolls files at checkpoints
 * would show letters later, and fail the job with its file system; this one waits like every other target.
 */
package io.gravity.dispatch.file;
