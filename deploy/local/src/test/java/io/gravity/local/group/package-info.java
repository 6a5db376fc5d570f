/** Groups of real target servers that are killed, paused and started again under load. */
package io.gravity.local.group;
