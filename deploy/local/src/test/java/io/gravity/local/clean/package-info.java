/** Rows with defects, between real servers: mended, filtered, or told. */
package io.gravity.local.clean;
