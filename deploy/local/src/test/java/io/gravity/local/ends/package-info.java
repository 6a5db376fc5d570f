/** Servers that are sources and targets at once. */
package io.gravity.local.ends;
