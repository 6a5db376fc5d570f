package io.gravity.source;

import java.util.List;
import java.util.Map;

/**
 * How far a server is from removing the binlog that is to be read next. Pure.
 *
 * @param bytesBehind of binlog that are not read yet
 * @param filesBefore files that the server still has before the one that is read; it removes the oldest first
 * @param secondsLeft until the server may remove the file that is read, by its age; {@link #NEVER} if it removes none by
 *     age, or does not say
 * @param isGone whether the server has newer files, and no longer the one that is read
 * @param isNear whether less than a quarter of the time is left for which the server keeps a file
 */
record BinlogRetention(long bytesBehind, long filesBefore, long secondsLeft, boolean isGone, boolean isNear) {
    static final long NEVER = -1;

    private static final int SECONDS_PER_DAY = 86_400;
    private static final int NEAR = 4;

    /** One binlog file of a server. */
    record LogFile(String name, long bytes) {}

    /**
     * Returns what follows from the server's word.
     *
     * @param files from the oldest to the newest
     * @param variables the server's, of those that say when it removes a file
     * @param file that is read
     * @param position in it, in bytes
     * @param ageSeconds how long ago the last change read was written; negative if that is not known
     */
    static BinlogRetention of(
            List<LogFile> files, Map<String, String> variables, String file, long position, long ageSeconds) {
        int at = indexOf(files, file);
        if (at < 0) {
            return new BinlogRetention(
                    files.stream().mapToLong(LogFile::bytes).sum(), 0, 0, !files.isEmpty(), !files.isEmpty());
        }
        long behind = Math.max(0, files.get(at).bytes() - position);
        for (var newer : files.subList(at + 1, files.size())) {
            behind += newer.bytes();
        }
        long kept = keptSeconds(variables);
        boolean isNewest = at == files.size() - 1;
        // The newest file is never removed, and to be read to its end is the safest a position can be.
        long age = isNewest ? 0 : Math.max(0, ageSeconds);
        boolean isKnown = kept > 0 && (isNewest || ageSeconds >= 0);
        long left = isKnown ? Math.max(0, kept - age) : NEVER;
        return new BinlogRetention(behind, at, left, false, isKnown && left < kept / NEAR);
    }

    private static int indexOf(List<LogFile> files, String name) {
        for (int i = 0; i < files.size(); i++) {
            if (files.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** MariaDB has both variables, of which the one in days may hold fractions; MySQL 9 the one in seconds and a switch. */
    private static long keptSeconds(Map<String, String> variables) {
        if ("OFF".equals(variables.get("binlog_expire_logs_auto_purge"))) {
            return 0;
        }
        long seconds = (long) number(variables.get("binlog_expire_logs_seconds"));
        return seconds > 0 ? seconds : (long) (number(variables.get("expire_logs_days")) * SECONDS_PER_DAY);
    }

    private static double number(String text) {
        try {
            return text == null ? 0 : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
