<?php
// mailer.php: PHPMailer's SMTP does the job that stdin names (JSON).
require '/usr/share/php/libphp-phpmailer/src/Exception.php';
require '/usr/share/php/libphp-phpmailer/src/SMTP.php';

$job = json_decode(file_get_contents('php://stdin'), true);
$tls = ['ssl' => ['verify_peer' => false, 'verify_peer_name' => false,
	'peer_name' => $job['name'], 'ciphers' => $job['cipher']]];
$smtp = new PHPMailer\PHPMailer\SMTP();
$smtp->Timelimit = 20;
$host = ($job['implicit'] ? 'ssl://' : '') . $job['host'];
if (!$smtp->connect($host, $job['port'], 20, $tls))
	exit(1);
$smtp->hello($job['helo']);
if (!$job['implicit']) {
	if (!$smtp->startTLS())
		exit(1);
	$smtp->hello($job['helo']);
}
$in = !$job['mechanism'] ||
	$smtp->authenticate($job['user'], $job['password'], $job['mechanism']);
foreach ($in ? $job['messages'] : [] as $text) {
	if (!$smtp->mail($job['from']))
		break;
	foreach ($job['to'] as $to)
		$smtp->recipient($to);
	$smtp->data($text);
}
$smtp->quit();
