package io.gravity.quality;

/** The kinds of checks. */
public enum Check {
    COMPLETENESS("completeness"),
    FORMAT("format"),
    BUSINESS_RULE("business-rule"),
    REFERENCE("reference"),
    SCHEMA("schema"),
    CUSTOM("custom");

    private final String word;

    Check(String word) {
        this.word = word;
    }

    /** Returns the word under which it stands in letters and metrics. */
    public String word() {
        return word;
    }
}
