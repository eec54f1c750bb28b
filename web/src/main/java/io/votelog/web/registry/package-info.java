/** The schema registry as both apps use it: where it is, and how a start is refused that it has no ids for. */
@NullMarked
package io.votelog.web.registry;

import org.jspecify.annotations.NullMarked;
