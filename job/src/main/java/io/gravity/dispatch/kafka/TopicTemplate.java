package io.gravity.dispatch.kafka;

import io.gravity.event.TableId;

/**
 * A topic's name with the placeholders of {@link NameTemplate} in it. What Kafka does not allow in a name becomes
 * {@code _}.
 *
 * @param text the template as configured
 */
record TopicTemplate(String text) {
    private static final int MAX_LENGTH = 249;

    /**
     * Returns the topic of a table.
     *
     * @throws IllegalArgumentException if Kafka allows no such name even so
     */
    String topic(String source, TableId target) {
        var name = legal(NameTemplate.fill(text, source, target));
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("topic \"" + text + "\" becomes \"" + name + "\" for " + target
                    + ", expected 1 to " + MAX_LENGTH + " characters other than . and ..");
        }
        return name;
    }

    private static String legal(String name) {
        var legal = new StringBuilder(name);
        for (int i = 0; i < legal.length(); i++) {
            char c = legal.charAt(i);
            boolean allowed = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '_'
                    || c == '-';
            if (!allowed) {
                legal.setCharAt(i, '_');
            }
        }
        return legal.toString();
    }
}
