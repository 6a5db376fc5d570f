/** Servers and tasks are killed under load; everything must recover by itself and end equal. */
package io.gravity.local.kill;
