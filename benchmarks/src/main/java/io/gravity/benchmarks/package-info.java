/** What Gravity's figures come from: each benchmark prints its own yardstick, measured in the same run, beside it. */
package io.gravity.benchmarks;
