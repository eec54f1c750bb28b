/** What both apps answer alike: the route of their description, and every failure, as a problem document. */
@NullMarked
package io.votelog.web.routes;

import org.jspecify.annotations.NullMarked;
