/** One neighbour is down, frozen or slow; the others must not notice. */
package io.gravity.local.isolate;
