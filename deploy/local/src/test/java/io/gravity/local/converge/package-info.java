/** Two real servers write the same rows; the targets must end as the documentation says, whoever computes it. */
package io.gravity.local.converge;
