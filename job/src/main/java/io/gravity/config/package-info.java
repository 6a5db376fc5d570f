/**
 * Reading configuration: YAML nodes that know their path and line, typed getters, and all problems at once.
 *
 * <p>Mechanism only: which keys there are, and what they mean, stands with whoever asks. A section remembers what it was
 * asked for, so that whatever else stands in it is refused by {@link io.gravity.config.Section#refuseOthers()}: a key is
 * honoured or refused, never ignored. YAML is composed into nodes and never constructed into objects, since only nodes
 * keep their lines, and since nothing in a file can then name a class.
 *
 * <p>What was found is quoted as the file has it, before {@code ${env:...}} and {@code ${file:...}} are resolved, so that
 * a problem never shows a secret.
 */
package io.gravity.config;
