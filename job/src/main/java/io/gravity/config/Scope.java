package io.gravity.config;

/** What all nodes of one file share. */
record Scope(Problems problems, Placeholders placeholders) {}
