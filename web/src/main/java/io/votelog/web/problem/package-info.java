/**
 * What a request is refused with, as a problem document (RFC 9457): the same for both apps, each of which has a catalogue of its own
 * problems beside the types that they share. It knows no web framework, so whatever decides that a request is refused need not either.
 */
@NullMarked
package io.votelog.web.problem;

import org.jspecify.annotations.NullMarked;
