/**
 * What both apps tell of the cluster that they work on: why a start is refused, what {@code --check} finds, and what a running app finds
 * each minute.
 */
@NullMarked
package io.votelog.web.cluster;

import org.jspecify.annotations.NullMarked;
