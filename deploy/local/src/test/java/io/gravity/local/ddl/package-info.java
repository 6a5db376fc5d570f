/** Schema changes of every kind at the sources, while rows flow. */
package io.gravity.local.ddl;
