/** Mends rows that quality found wanting. Its place in the line is fixed; its strategies are still to come. */
package io.gravity.repair;
