// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** Takes traces and metrics by OTLP over HTTP, as a collector does, and keeps what it was told. */
final class TraceCollector implements AutoCloseable {
    private final HttpServer server;
    private final List<Told> spans = new CopyOnWriteArrayList<>();
    private final Set<String> metrics = new ConcurrentSkipListSet<>();
    private final List<String> everything = new CopyOnWriteArrayList<>();

    /** A span, and the service that told of it. */
    record Told(String service, String name, String trace, String id, String parent, Map<String, String> attributes) {
        boolean is(String ofService, String ofName) {
            return service.equals(ofService) && name.equals(ofName);
        }
    }

    TraceCollector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", this::traces);
        server.createContext("/v1/metrics", this::metrics);
        server.start();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    List<Told> spans() {
        return spans;
    }

    /** The names of all metrics that it was told of, with the service before each. */
    Set<String> metrics() {
        return metrics;
    }

    /** Every message as text. */
    List<String> everything() {
        return everything;
    }

    private void traces(HttpExchange exchange) throws IOException {
        ExportTraceServiceRequest told = ExportTraceServiceRequest.parseFrom(exchange.getRequestBody());
        told.getResourceSpansList().forEach(resource -> {
            String service =
                    attributes(resource.getResource().getAttributesList()).getOrDefault("service.name", "");
            resource.getScopeSpansList().forEach(scope -> scope.getSpansList().forEach(span -> add(service, span)));
        });
        everything.add(told.toString());
        answer(exchange);
    }

    private void add(String service, Span span) {
        HexFormat hex = HexFormat.of();
        spans.add(new Told(
                service,
                span.getName(),
                hex.formatHex(span.getTraceId().toByteArray()),
                hex.formatHex(span.getSpanId().toByteArray()),
                hex.formatHex(span.getParentSpanId().toByteArray()),
                attributes(span.getAttributesList())));
    }

    private void metrics(HttpExchange exchange) throws IOException {
        ExportMetricsServiceRequest told = ExportMetricsServiceRequest.parseFrom(exchange.getRequestBody());
        for (ResourceMetrics resource : told.getResourceMetricsList()) {
            String service =
                    attributes(resource.getResource().getAttributesList()).getOrDefault("service.name", "");
            resource.getScopeMetricsList().forEach(scope -> scope.getMetricsList()
                    .forEach(metric -> metrics.add(service + " " + metric.getName())));
        }
        everything.add(told.toString());
        answer(exchange);
    }

    private static Map<String, String> attributes(List<KeyValue> attributes) {
        return attributes.stream()
                .collect(Collectors.toMap(
                        KeyValue::getKey,
                        attribute -> attribute.getValue().hasStringValue()
                                ? attribute.getValue().getStringValue()
                                : Long.toString(attribute.getValue().getIntValue())));
    }

    private static void answer(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
